// A reply that has a large attachment, against a small one.
import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { parseReplyEvent } from '../../lib/core/reply.ts';
import { storeProfile } from '../../local/connect.ts';
import { MB, type Measure, median, times } from './measure.ts';
import { ask, connect, disconnect, poll } from './polls.ts';
import { CUSTOMER, MAILBOX, type World } from './world.ts';

export async function measureLargeReplies(world: World, runs: number): Promise<Measure[]> {
  const small = await measureReply(world, runs, 5_000);
  const large = await measureReply(world, runs, 20 * MB);
  return [
    { name: 'reply of 5 kB, until its event is there', unit: 'ms', value: small.eventMs },
    { name: 'reply of 20 MB, until its event is there', unit: 'ms', value: large.eventMs },
    { name: 'reply of 20 MB, until all of it is stored', unit: 'ms', value: large.ms },
    { name: 'reply of 20 MB ÷ 5 kB, time to its event', unit: '×', value: large.eventMs / small.eventMs, limit: 1.2 },
    { name: 'reply of 5 kB, peak memory', unit: 'MB', value: small.peakBytes / MB },
    { name: 'reply of 20 MB, peak memory', unit: 'MB', value: large.peakBytes / MB },
    { name: 'reply of 20 MB ÷ 5 kB, peak memory', unit: '×', value: large.peakBytes / small.peakBytes, limit: 1.3 },
  ];
}

/** In a fresh process each time: the system remembers only the most memory that a process ever had. */
async function measureReply(world: World, runs: number, bytes: number) {
  await disconnect(world, MAILBOX);
  const results = await times(runs, async () => {
    const mailbox = { id: `box-${randomUUID().slice(0, 8)}`, address: `${randomUUID()}@shop.example` };
    const account = world.google.addAccount({ address: mailbox.address });
    const poller = await connect(world, mailbox);
    const question = await ask(world, mailbox);
    account.deliver(reply(mailbox.address, question, 100));
    await poll(world, poller);
    await untilReply(world, mailbox.id);
    account.deliver(reply(mailbox.address, question, bytes));
    const start = performance.now();
    const [eventAt, { handled }] = await Promise.all([untilReply(world, mailbox.id), poll(world, poller)]);
    await poller.stop();
    await disconnect(world, mailbox);
    return { eventMs: eventAt - start, ms: handled.ms, peakBytes: handled.peakBytes };
  });
  await storeProfile(world.aws, MAILBOX);
  return {
    eventMs: median(results.map(({ eventMs }) => eventMs)),
    ms: median(results.map(({ ms }) => ms)),
    peakBytes: median(results.map(({ peakBytes }) => peakBytes)),
  };
}

export function reply(to: string, question: unknown, bytes: number): string {
  const attached = base64(bytes);
  const head = `From: ${CUSTOMER}\r\nTo: ${to}\r\nMessage-ID: <${randomUUID()}@customer.example>\r\nIn-Reply-To: ${question}\r\nSubject: Re: Hello\r\nMIME-Version: 1.0\r\n`;
  const parts = `--b\r\nContent-Type: text/plain\r\n\r\nYes.\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${attached}\r\n--b--\r\n`;
  return `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}`;
}

function base64(bytes: number): string {
  return Buffer.alloc(bytes, 'attachment').toString('base64').replaceAll(/.{76}/g, '$&\r\n');
}

/** @returns when the next event of a mailbox was received; those of others are dropped */
async function untilReply({ aws, output }: World, mailbox: string): Promise<number> {
  const { region, credentials, endpoints } = aws;
  const sqs = new SQSClient({ region, credentials, endpoint: endpoints.sqs });
  const QueueUrl = output('RepliesUrl');
  try {
    while (true) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
      const receivedAt = performance.now();
      if (Messages.length === 0) throw new Error('no event came');
      for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      if (Messages.some(({ Body = '' }) => parseReplyEvent(Body).mailbox === mailbox)) return receivedAt;
    }
  } finally {
    sqs.destroy();
  }
}
