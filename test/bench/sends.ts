// Sending: the usual snippet, ours and the floor, each for an invocation from its event to its answer.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { authorise } from '../../local/google/authorise.ts';
import type { Handled } from './driver.ts';
import { type Measure, median, ratio } from './measure.ts';
import type { FloorEvent } from './rivals/floor.ts';
import type { SnippetEvent } from './rivals/snippet.ts';
import { inRounds, type Rounds } from './rounds.ts';
import type { Runner } from './runner.ts';
import type { Wire } from './wires.ts';
import { CUSTOMER, MAILBOX, type World } from './world.ts';

/** One way of sending, and what was measured of it. */
interface Kind {
  readonly wire: Wire;
  readonly start: () => Promise<Runner>;
  readonly event: () => object;
  readonly before: () => Promise<void>;
  /** The first invocation of each process, and those that follow. */
  readonly cold: Handled[];
  readonly warm: Handled[];
  readonly roundTrips: number[];
}

export async function measureSends(world: World, rounds: Rounds): Promise<readonly Measure[]> {
  const { smtps, smtp } = world.wires;
  const starttls = { SMTP_PORT: String(smtp.port), SMTP_TLS: 'starttls' };
  await warmUp(world);
  const start = (overrides: Record<string, string> = {}) => world.start('SendMailFunction', overrides);
  const kinds = {
    floor: kindOf(smtps, () => world.startRival('floor'), await floorEvent(world)),
    snippet: kindOf(smtps, () => world.startRival('snippet'), await snippetEvent(world)),
    ours: kindOf(smtps, start, request),
    on587: kindOf(smtp, () => start(starttls), request),
    // The kinds before it take longer than the function that replaces tokens keeps its connection to Google.
    staleAfterRest: kindOf(smtps, start, request, () => makeTokenStale(world)),
    stale: kindOf(smtps, start, request, async () => {
      // It has just replaced one, and its connection is open.
      await warmUp(world);
      await makeTokenStale(world);
    }),
  };
  const turn = async () => {
    for (const kind of Object.values(kinds)) await send(kind);
  };
  return inRounds(rounds, turn, () => [...warmSends(kinds, world.roundTripMs), ...coldSends(kinds)]);
}

/** One process, and after the others: it is ended with the slot that it keeps. */
export async function measureKeptConnection(world: World): Promise<readonly Measure[]> {
  const start = () => world.start('SendMailFunction', { KEEP_CONNECTIONS: 'on' });
  const kept = kindOf(world.wires.smtps, start, request);
  await send(kept);
  return [
    { name: 'warm send, kept connection', unit: 'round trips', value: Math.max(...kept.roundTrips), limit: 2.1 },
    {
      name: 'warm send, kept connection, AWS and CPU included',
      unit: 'RTT',
      value: median(ms(kept.warm)) / world.roundTripMs,
    },
  ];
}

type Kinds<Name extends string> = Readonly<Record<Name, Kind>>;

/** Counted on the wire; and the time that passes, in which AWS and the processor have their part. */
function warmSends(
  { ours, on587, snippet, floor }: Kinds<'ours' | 'on587' | 'snippet' | 'floor'>,
  rtt: number,
): Measure[] {
  const trips = ({ roundTrips }: Kind): number => Math.max(...roundTrips);
  const rtts = ({ warm }: Kind): number => median(ms(warm)) / rtt;
  return [
    { name: 'warm send, port 465', unit: 'round trips', value: trips(ours), limit: 7.2 },
    { name: 'warm send, port 587', unit: 'round trips', value: trips(on587), limit: 9.2 },
    { name: 'warm send, port 465, AWS and CPU included', unit: 'RTT', value: rtts(ours) },
    { name: 'warm send, port 587, AWS and CPU included', unit: 'RTT', value: rtts(on587) },
    { name: 'warm send, the usual snippet', unit: 'RTT', value: rtts(snippet) },
    { name: 'warm send, floor', unit: 'RTT', value: rtts(floor) },
    { name: 'warm send, CPU', unit: 'ms', value: median(cpuMs(ours.warm)) },
    { name: 'warm send, the usual snippet, CPU', unit: 'ms', value: median(cpuMs(snippet.warm)) },
  ];
}

function coldSends(kinds: Kinds<'ours' | 'stale' | 'staleAfterRest' | 'snippet' | 'floor'>): Measure[] {
  const { ours, stale, staleAfterRest, snippet, floor } = kinds;
  const [oursMs, floorMs] = [ms(ours.cold), ms(floor.cold)];
  return [
    { name: 'cold send', unit: 'ms', value: median(ms(ours.cold)) },
    { name: 'cold send, CPU', unit: 'ms', value: median(cpuMs(ours.cold)) },
    { name: 'cold send, stale token ÷ cached', unit: '×', value: ratio(ms(stale.cold), oursMs), limit: 1.05 },
    {
      name: 'cold send, stale token, new connection to Google ÷ cached',
      unit: '×',
      value: ratio(ms(staleAfterRest.cold), oursMs),
    },
    { name: 'cold send ÷ floor', unit: '×', value: ratio(oursMs, floorMs), limit: 1.2 },
    { name: 'cold send, the usual snippet ÷ floor', unit: '×', value: ratio(ms(snippet.cold), floorMs) },
  ];
}

export function request(rest: object = {}): object {
  const idempotencyKey = randomUUID();
  return { version: 1, mailbox: MAILBOX.id, idempotencyKey, to: CUSTOMER, subject: 'Hello', text: 'Hello', ...rest };
}

const WARM_SENDS = 3;

function kindOf(
  wire: Wire,
  start: () => Promise<Runner>,
  event: () => object,
  before: () => Promise<void> = async () => undefined,
): Kind {
  return { wire, start, event, before, cold: [], warm: [], roundTrips: [] };
}

async function send({ wire, start, event, before, cold, warm, roundTrips }: Kind): Promise<void> {
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

function ms(handled: readonly Handled[]): readonly number[] {
  return handled.map(({ ms }) => ms);
}

function cpuMs(handled: readonly Handled[]): readonly number[] {
  return handled.map(({ cpuMs }) => cpuMs);
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
