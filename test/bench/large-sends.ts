// Mails that take a large attachment along: the memory of the process that sends them.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { MB, type Measure, times } from './measure.ts';
import type { OneBufferEvent } from './rivals/one-buffer.ts';
import { outboxRecord, request } from './sends.ts';
import { MAILBOX, type World } from './world.ts';

/** The largest that Gmail takes, before base64. */
const LARGEST_BYTES = 25 * MB;
/** Lambda ends a process that takes more than its memory size (infra/mail-function.ts). */
const MEMORY_SIZE_MB = 512;

/** Enough that one of them had collected its garbage when its memory was at its peak. */
const LEAST_RUNS = 8;

export async function measureLargeSends(world: World, runs: number): Promise<Measure[]> {
  const largest = await sendLarge(world, randomUUID(), LARGEST_BYTES);
  const event = await drainLarge(world, 3);
  const ours = await measureSending(world, Math.max(runs, LEAST_RUNS));
  const buffered = await measureOneBuffer(world, Math.max(runs, LEAST_RUNS));
  return [
    { name: 'sending 25 MB, peak memory', unit: 'MB', value: largest / MB, limit: MEMORY_SIZE_MB },
    { name: 'event of three of 25 MB, peak memory', unit: 'MB', value: event / MB, limit: MEMORY_SIZE_MB },
    { name: 'sending 10 MB, extra memory', unit: 'MB', value: ours / MB },
    { name: 'sending 10 MB composed in one buffer, extra memory', unit: 'MB', value: buffered / MB },
    { name: 'sending 10 MB, extra memory ÷ in one buffer', unit: '×', value: ours / buffered, limit: 0.35 },
  ];
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
  return extra(sent, read);
}

/** By the least of each: how much garbage a process has not collected yet is chance. */
function extra(sent: readonly number[], read: readonly number[]): number {
  return Math.max(0, Math.min(...sent) - Math.min(...read));
}

/** @returns the peak memory of a process that sends one mail, of a request that lies in the bucket */
async function sendLarge(world: World, idempotencyKey: string, bytes: number): Promise<number> {
  const runner = await world.start('SendMailFunction');
  const { peakBytes } = await runner.invoke(await reference(world, idempotencyKey, bytes));
  await runner.stop();
  return peakBytes;
}

async function drainLarge(world: World, count: number): Promise<number> {
  const runner = await world.start('DrainOutboxFunction');
  const references = await times(count, () => reference(world, randomUUID(), LARGEST_BYTES));
  const { peakBytes } = await runner.invoke({ Records: references.map(outboxRecord) });
  await runner.stop();
  return peakBytes;
}

async function reference(world: World, idempotencyKey: string, bytes: number): Promise<object> {
  const requestObject = await store(world, large(idempotencyKey, bytes));
  return { version: 1, mailbox: MAILBOX.id, idempotencyKey, requestObject };
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
  return extra(sent, read);
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
