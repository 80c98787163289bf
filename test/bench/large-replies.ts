// A reply that has a large attachment, against a small one.
import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { parseReplyEvent } from '../../lib/core/reply.ts';
import { storeProfile } from '../../local/connect.ts';
import { MB, type Measure, median, ratio } from './measure.ts';
import { ask, connect, disconnect, poll } from './polls.ts';
import { inRounds, type Rounds } from './rounds.ts';
import { CUSTOMER, MAILBOX, type World } from './world.ts';

/** A reply that was read. */
interface Read {
  /** Until its event was there, and until all of it was stored. */
  readonly eventMs: number;
  readonly ms: number;
  readonly peakBytes: number;
}

export async function measureLargeReplies(world: World, rounds: Rounds): Promise<readonly Measure[]> {
  await disconnect(world, MAILBOX);
  const small: Read[] = [];
  const large: Read[] = [];
  const turn = async () => {
    small.push(await readReply(world, 5_000));
    large.push(await readReply(world, 20 * MB));
  };
  const measures = await inRounds(rounds, turn, () => figures(small, large));
  await storeProfile(world.aws, MAILBOX);
  return measures;
}

function figures(small: readonly Read[], large: readonly Read[]): Measure[] {
  const of = (reads: readonly Read[], what: keyof Read) => reads.map((read) => read[what]);
  const [smallMs, largeMs] = [of(small, 'eventMs'), of(large, 'eventMs')];
  const [smallBytes, largeBytes] = [of(small, 'peakBytes'), of(large, 'peakBytes')];
  return [
    { name: 'reply of 5 kB, until its event is there', unit: 'ms', value: median(smallMs) },
    { name: 'reply of 20 MB, until its event is there', unit: 'ms', value: median(largeMs) },
    { name: 'reply of 20 MB, until all of it is stored', unit: 'ms', value: median(of(large, 'ms')) },
    { name: 'reply of 20 MB ÷ 5 kB, time to its event', unit: '×', value: ratio(largeMs, smallMs), limit: 1.2 },
    { name: 'reply of 5 kB, peak memory', unit: 'MB', value: median(smallBytes) / MB },
    { name: 'reply of 20 MB, peak memory', unit: 'MB', value: median(largeBytes) / MB },
    { name: 'reply of 20 MB ÷ 5 kB, peak memory', unit: '×', value: ratio(largeBytes, smallBytes), limit: 1.3 },
  ];
}

/** In a fresh process each time: the system remembers only the most memory that a process ever had. */
async function readReply(world: World, bytes: number): Promise<Read> {
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
