// Sending: the usual snippet, ours and the floor, each for an invocation from its event to its answer.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { authorise } from '../../local/google/authorise.ts';
import type { Handled } from './driver.ts';
import { type Measure, median, times } from './measure.ts';
import type { FloorEvent } from './rivals/floor.ts';
import type { SnippetEvent } from './rivals/snippet.ts';
import type { Runner } from './runner.ts';
import type { Wire } from './wires.ts';
import { CUSTOMER, MAILBOX, type World } from './world.ts';

/** Of one kind of process: its first invocation, and those that follow. */
interface Sent {
  readonly coldMs: number;
  readonly warmMs: number;
  readonly coldCpuMs: number;
  readonly warmCpuMs: number;
  readonly roundTrips: number;
}

export async function measureSends(world: World, runs: number): Promise<Measure[]> {
  const { smtps, smtp } = world.wires;
  const starttls = { SMTP_PORT: String(smtp.port), SMTP_TLS: 'starttls' };
  await warmUp(world);
  const start = (overrides: Record<string, string> = {}) => world.start('SendMailFunction', overrides);
  const floor = await measure(runs, smtps, () => world.startRival('floor'), await floorEvent(world));
  const snippet = await measure(runs, smtps, () => world.startRival('snippet'), await snippetEvent(world));
  const ours = await measure(runs, smtps, start, request);
  const on587 = await measure(runs, smtp, () => start(starttls), request);
  const stale = await measure(runs, smtps, start, request, () => makeTokenStale(world));
  const batch = await measureBatch(world, runs);
  // One process, and the last: it is ended with the slot that it keeps.
  const kept = await measure(1, smtps, () => start({ KEEP_CONNECTIONS: 'on' }), request);
  return [
    ...warm({ ours, on587, kept, snippet, floor }, world.roundTripMs),
    { name: 'cold send, stale token ÷ cached', unit: '×', value: stale.coldMs / ours.coldMs, limit: 1.05 },
    { name: 'cold send', unit: 'ms', value: ours.coldMs },
    { name: 'cold send, CPU', unit: 'ms', value: ours.coldCpuMs },
    { name: 'warm send, CPU', unit: 'ms', value: ours.warmCpuMs },
    { name: 'cold send ÷ floor', unit: '×', value: ours.coldMs / floor.coldMs, limit: 1.2 },
    { name: 'warm send, the usual snippet, CPU', unit: 'ms', value: snippet.warmCpuMs },
    { name: 'cold send, the usual snippet ÷ floor', unit: '×', value: snippet.coldMs / floor.coldMs },
    ...batch,
  ];
}

/** Counted on the wire; and the time that passes, in which AWS and the processor have their part. */
function warm(sent: Record<'ours' | 'on587' | 'kept' | 'snippet' | 'floor', Sent>, rtt: number): Measure[] {
  const { ours, on587, kept, snippet, floor } = sent;
  return [
    { name: 'warm send, kept connection', unit: 'round trips', value: kept.roundTrips, limit: 2.1 },
    { name: 'warm send, port 465', unit: 'round trips', value: ours.roundTrips, limit: 7.2 },
    { name: 'warm send, port 587', unit: 'round trips', value: on587.roundTrips, limit: 9.2 },
    { name: 'warm send, kept connection, AWS and CPU included', unit: 'RTT', value: kept.warmMs / rtt },
    { name: 'warm send, port 465, AWS and CPU included', unit: 'RTT', value: ours.warmMs / rtt },
    { name: 'warm send, port 587, AWS and CPU included', unit: 'RTT', value: on587.warmMs / rtt },
    { name: 'warm send, the usual snippet', unit: 'RTT', value: snippet.warmMs / rtt },
    { name: 'warm send, floor', unit: 'RTT', value: floor.warmMs / rtt },
  ];
}

export function request(rest: object = {}): object {
  const idempotencyKey = randomUUID();
  return { version: 1, mailbox: MAILBOX.id, idempotencyKey, to: CUSTOMER, subject: 'Hello', text: 'Hello', ...rest };
}

const WARM_SENDS = 3;

async function measure(
  runs: number,
  wire: Wire,
  start: () => Promise<Runner>,
  event: () => object,
  before: () => Promise<void> = async () => undefined,
): Promise<Sent> {
  const cold: Handled[] = [];
  const warm: Handled[] = [];
  const roundTrips: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await before();
    const runner = await start();
    cold.push(await runner.invoke(event()));
    await wire.take();
    for (let sent = 0; sent < WARM_SENDS; sent += 1) {
      warm.push(await runner.invoke(event()));
      roundTrips.push((await wire.take()).roundTrips);
    }
    await runner.stop();
  }
  return {
    coldMs: median(cold.map(({ ms }) => ms)),
    warmMs: median(warm.map(({ ms }) => ms)),
    coldCpuMs: median(cold.map(({ cpuMs }) => cpuMs)),
    warmCpuMs: median(warm.map(({ cpuMs }) => cpuMs)),
    roundTrips: Math.max(...roundTrips),
  };
}

/** Ten messages of one mailbox over its three connections, against one message. */
async function measureBatch(world: World, runs: number): Promise<Measure[]> {
  const runner = await world.start('DrainOutboxFunction');
  const drain = (size: number) =>
    runner.invoke({ Records: Array.from({ length: size }, () => outboxRecord(request())) });
  await drain(1);
  const one = await times(runs, () => drain(1));
  const ten = await times(runs, () => drain(10));
  await runner.stop();
  const ms = (handled: readonly Handled[]): number => median(handled.map(({ ms }) => ms));
  return [
    { name: 'event of ten ÷ event of one', unit: '×', value: ms(ten) / ms(one), limit: 2 },
    { name: 'event of ten, AWS and CPU included', unit: 'RTT', value: ms(ten) / world.roundTripMs },
    { name: 'event of ten, CPU', unit: 'ms', value: median(ten.map(({ cpuMs }) => cpuMs)) },
  ];
}

export function outboxRecord(body: object): object {
  return {
    messageId: randomUUID(),
    body: JSON.stringify(body),
    attributes: { MessageGroupId: MAILBOX.id },
  };
}

async function floorEvent({ wires, google }: World): Promise<() => FloorEvent> {
  const { host, port } = wires.smtps;
  const accessToken = await google.account(MAILBOX.address).accessToken();
  return () => ({ host, port, user: MAILBOX.address, accessToken, to: CUSTOMER });
}

async function snippetEvent({ wires, google, oauthUrl }: World): Promise<() => SnippetEvent> {
  const { host, port } = wires.smtps;
  const scopes = ['https://mail.google.com/'];
  const wish = { ...google.client, oauth: google.endpoints.oauth, address: MAILBOX.address, scopes };
  const { refreshToken } = await authorise(wish);
  const auth = { ...google.client, user: MAILBOX.address, refreshToken, accessUrl: `${oauthUrl}/token` };
  return () => ({ host, port, secure: true, auth, to: CUSTOMER });
}

/** The function that replaces tokens is called each few minutes, so it is warm when a sender needs it. */
async function warmUp(world: World): Promise<void> {
  await makeTokenStale(world);
  const runner = await world.start('SendMailFunction');
  await runner.invoke(request());
  await runner.stop();
}

/** As an hour after the last refresh: both its secret and its record say that it has expired. */
export async function makeTokenStale({ aws, google, output }: World): Promise<void> {
  const { region, credentials, endpoints } = aws;
  const secrets = new SecretsManagerClient({ region, credentials, endpoint: endpoints.secretsmanager });
  const db = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
  const token = {
    accessToken: await google.account(MAILBOX.address).accessToken(),
    expiresAt: 1,
    address: MAILBOX.address,
  };
  const SecretId = `${aws.stackName}/access-tokens/${MAILBOX.id}`;
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(token) }));
  await db.send(
    new UpdateItemCommand({
      TableName: output('MailboxesTable'),
      Key: { key: { S: `${MAILBOX.id}#grant` } },
      UpdateExpression: 'SET tokenExpiresAt = :expired REMOVE pace',
      ExpressionAttributeValues: { ':expired': { N: '1' } },
    }),
  );
  secrets.destroy();
  db.destroy();
}
