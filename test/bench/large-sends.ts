// Mails that take a large attachment along: the memory of the process that sends them.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { outboxRecord } from './batches.ts';
import { least, MB, type Measure, times } from './measure.ts';
import type { OneBufferEvent } from './rivals/one-buffer.ts';
import { inRounds, type Rounds } from './rounds.ts';
import { request } from './sends.ts';
import { MAILBOX, type World } from './world.ts';

/** The largest that Gmail takes, before base64. */
const LARGEST_BYTES = 25 * MB;
/** Lambda ends a process that takes more than its memory size (infra/mail-function.ts). */
const MEMORY_SIZE_MB = 512;

export async function measureLargeSends(world: World, rounds: Rounds): Promise<readonly Measure[]> {
  const largest = await sendLarge(world, randomUUID(), LARGEST_BYTES);
  const event = await drainLarge(world, 3);
  return [
    // The most that was seen, in one round: what is over the memory size once is ended by Lambda once.
    { name: 'sending 25 MB, peak memory', unit: 'MB', value: largest / MB, limit: MEMORY_SIZE_MB },
    { name: 'event of three of 25 MB, peak memory', unit: 'MB', value: event / MB, limit: MEMORY_SIZE_MB },
    ...(await measureExtra(world, rounds)),
  ];
}

/** The memory that composing and sending take above what reading the request takes, beside the usual way. */
async function measureExtra(world: World, rounds: Rounds): Promise<readonly Measure[]> {
  const oneBuffer = await prepareOneBuffer(world);
  const ours: Peaks = { sent: [], read: [] };
  const buffered: Peaks = { sent: [], read: [] };
  const turn = async () => {
    ours.sent.push(await sendLarge(world, randomUUID(), 10 * MB));
    ours.read.push(await readLarge(world));
    buffered.sent.push(await oneBuffer.send(true));
    buffered.read.push(await oneBuffer.send(false));
  };
  const measures = await inRounds(rounds, turn, () => [
    { name: 'sending 10 MB, extra memory', unit: 'MB', value: extra(ours) / MB },
    { name: 'sending 10 MB composed in one buffer, extra memory', unit: 'MB', value: extra(buffered) / MB },
    {
      name: 'sending 10 MB, extra memory ÷ in one buffer',
      unit: '×',
      value: extra(ours) / extra(buffered),
      limit: 0.35,
    },
  ]);
  await oneBuffer.remove();
  return measures;
}

/** Of processes that sent a request, and of such that only read it, in bytes. */
interface Peaks {
  readonly sent: number[];
  readonly read: number[];
}

/** By the least of each: how much garbage a process has not collected yet is chance. */
function extra({ sent, read }: Peaks): number {
  return Math.max(0, least(sent) - least(read));
}

/** Of a key that waits for its retry the request is read and hashed, and nothing is composed. */
async function readLarge(world: World): Promise<number> {
  const key = randomUUID();
  world.google.faults.smtp({ at: 'MAIL', do: { reply: '451 4.3.0 busy' } });
  await sendLarge(world, key, 10 * MB);
  return sendLarge(world, key, 10 * MB);
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

async function prepareOneBuffer(world: World) {
  const folder = await mkdtemp(join(tmpdir(), 'mailroom-bench-'));
  const file = join(folder, 'request.json');
  await writeFile(file, JSON.stringify(large('one-buffer', 10 * MB)));
  const { host, port } = world.wires.smtps;
  const accessToken = await world.google.account(MAILBOX.address).accessToken();
  return {
    async send(isSent: boolean): Promise<number> {
      const runner = await world.startRival('one-buffer');
      const event: OneBufferEvent = { file, host, port, user: MAILBOX.address, accessToken, isSent };
      const { peakBytes } = await runner.invoke(event);
      await runner.stop();
      return peakBytes;
    },
    remove: () => rm(folder, { recursive: true }),
  };
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
