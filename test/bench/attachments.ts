// Attachments: a reply that has a large one, and a mail that takes one along.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { parseReplyEvent } from '../../lib/core/reply.ts';
import { storeProfile } from '../../local/connect.ts';
import { type Measure, median, times } from './measure.ts';
import { ask, connect, disconnect, poll } from './polls.ts';
import type { OneBufferEvent } from './rivals/one-buffer.ts';
import { request } from './sends.ts';
import { CUSTOMER, MAILBOX, type World } from './world.ts';

const MB = 1_000_000;

export async function measureAttachments(world: World, runs: number): Promise<Measure[]> {
  const small = await measureReply(world, runs, 5_000);
  const large = await measureReply(world, runs, 20 * MB);
  const [ours, most] = [await measureSending(world, runs), await sendLarge(world, randomUUID(), 25 * MB)];
  const buffered = await measureOneBuffer(world, runs);
  return [
    { name: 'reply of 5 kB, until its event is there', unit: 'ms', value: small.eventMs },
    { name: 'reply of 20 MB, until its event is there', unit: 'ms', value: large.eventMs },
    { name: 'reply of 20 MB, until all of it is stored', unit: 'ms', value: large.ms },
    { name: 'reply of 20 MB ÷ 5 kB, time to its event', unit: '×', value: large.eventMs / small.eventMs, limit: 1.2 },
    { name: 'reply of 5 kB, peak memory', unit: 'MB', value: small.peakBytes / MB },
    { name: 'reply of 20 MB, peak memory', unit: 'MB', value: large.peakBytes / MB },
    { name: 'reply of 20 MB ÷ 5 kB, peak memory', unit: '×', value: large.peakBytes / small.peakBytes, limit: 1.2 },
    { name: 'sending 25 MB, peak memory', unit: 'MB', value: most / MB },
    { name: 'sending 10 MB, extra memory', unit: 'MB', value: ours / MB },
    { name: 'sending 10 MB composed in one buffer, extra memory', unit: 'MB', value: buffered / MB },
    { name: 'sending 10 MB, extra memory ÷ in one buffer', unit: '×', value: ours / buffered, limit: 0.35 },
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

function reply(to: string, question: unknown, bytes: number): string {
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

/** The memory that composing and sending take, above what reading the request takes. */
async function measureSending(world: World, runs: number): Promise<number> {
  const sent = await times(runs, () => sendLarge(world, randomUUID(), 10 * MB));
  // Of a key that waits for its retry the request is read and hashed, and nothing is composed.
  const read = await times(runs, async () => {
    const key = randomUUID();
    world.google.faults.smtp({ at: 'MAIL', do: { reply: '451 4.3.0 busy' } });
    await sendLarge(world, key, 10 * MB);
    return sendLarge(world, key, 10 * MB);
  });
  // Where the difference drowns in the noise of garbage collection there is none.
  return Math.max(0, median(sent) - median(read));
}

/** @returns the peak memory of a process that sends one mail, of a request that lies in the bucket */
async function sendLarge(world: World, idempotencyKey: string, bytes: number): Promise<number> {
  const runner = await world.start('SendMailFunction');
  const requestObject = await store(world, large(idempotencyKey, bytes));
  const { peakBytes } = await runner.invoke({ version: 1, mailbox: MAILBOX.id, idempotencyKey, requestObject });
  await runner.stop();
  return peakBytes;
}

async function measureOneBuffer(world: World, runs: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'mailroom-bench-'));
  const file = join(folder, 'request.json');
  await writeFile(file, JSON.stringify(large('one-buffer', 10 * MB)));
  const { host, port } = world.wires.smtps;
  const accessToken = await world.google.account(MAILBOX.address).accessToken();
  const send = async (isSent: boolean): Promise<number> => {
    const runner = await world.startRival('one-buffer');
    const event: OneBufferEvent = { file, host, port, user: MAILBOX.address, accessToken, isSent };
    const { peakBytes } = await runner.invoke(event);
    await runner.stop();
    return peakBytes;
  };
  const sent = await times(runs, () => send(true));
  const read = await times(runs, () => send(false));
  await rm(folder, { recursive: true });
  return median(sent) - median(read);
}

function large(idempotencyKey: string, bytes: number): object {
  const content = Buffer.alloc(bytes, 'attachment').toString('base64');
  return request({ idempotencyKey, attachments: [{ filename: 'a.pdf', contentType: 'application/pdf', content }] });
}

async function store({ aws, output }: World, body: object): Promise<string> {
  const { region, credentials, endpoints } = aws;
  const s3 = new S3Client({ region, credentials, endpoint: endpoints.s3, forcePathStyle: true });
  const Key = `requests/${randomUUID()}.json`;
  await s3.send(new PutObjectCommand({ Bucket: output('MailBucket'), Key, Body: JSON.stringify(body) }));
  s3.destroy();
  return Key;
}
