// What is measured: the synthesised stack, with wires before everything that its functions call. Google is a latency
// away, AWS is in the same region.
import type { LocalAws } from '../../local/aws/aws.ts';
import { connectMailbox, type MailboxToConnect } from '../../local/connect.ts';
import { type LocalGoogle, startGoogle } from '../../local/google/google.ts';
import { startStack } from '../../local/mailroom.ts';
import { ASSEMBLY } from '../synthesise.ts';
import { bundleRivals, type Rival, type RivalBundles } from './bundles.ts';
import { Runner } from './runner.ts';
import { startTlsFront } from './tls-front.ts';
import { type Wire, type WireAddress, Wires } from './wires.ts';

/** A Lambda and the AWS services it calls, in one region. */
const AWS_ROUND_TRIP_MS = 2;
const SERVICES = [
  ['lambda', 'AWS_ENDPOINT_URL_LAMBDA'],
  ['sqs', 'AWS_ENDPOINT_URL_SQS'],
  ['s3', 'AWS_ENDPOINT_URL_S3'],
  ['dynamodb', 'AWS_ENDPOINT_URL_DYNAMODB'],
  ['secretsmanager', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'],
] as const;

export const MAILBOX: MailboxToConnect = { id: 'support', address: 'support@shop.example', name: 'Shop support' };
export const CUSTOMER = 'ada@customer.example';

/** What stands between a function and Google, and how far away Google is. */
interface GoogleWires {
  readonly smtps: Wire;
  readonly smtp: Wire;
  readonly imap: Wire;
  readonly oauth: Wire;
}

export interface World {
  readonly roundTripMs: number;
  readonly google: LocalGoogle;
  readonly aws: LocalAws;
  readonly rivals: RivalBundles;
  readonly wires: GoogleWires;
  /** Base URL of the OAuth server, over its wire. */
  readonly oauthUrl: string;
  output(name: string): string;
  /**
   * A fresh process of a function of the stack.
   * @param functionOutput the output that names it
   * @param overrides variables that another deployment would set
   */
  start(functionOutput: string, overrides?: Readonly<Record<string, string>>): Promise<Runner>;
  startRival(rival: Rival): Promise<Runner>;
  stop(): Promise<void>;
}

export async function startWorld(roundTripMs: number): Promise<World> {
  const google = await startGoogle();
  for (const address of [MAILBOX.address, CUSTOMER]) google.addAccount({ address });
  const front = await startTlsFront(addressOf(google.endpoints.oauth), google.endpoints.ca);
  const wires = new Wires();
  const toGoogle = await openGoogleWires(wires, google, front, roundTripMs);
  const oauthUrl = `https://localhost:${toGoogle.oauth.port}`;
  const toAws = await openAwsWires(wires);
  const servers = { oauth: oauthUrl, smtps: toGoogle.smtps, smtp: toGoogle.smtp, imap: toGoogle.imap, ca: front.ca };
  const aws = await startStack(servers, 'implicit', { assembly: ASSEMBLY, processEnvironment: toAws.environment });
  await toAws.lead(aws);
  await connectMailbox(google, aws, MAILBOX);
  const rivals = await bundleRivals();
  const output = (name: string): string => aws.outputs[name] ?? fail(`the stack has no output ${name}`);
  return {
    roundTripMs,
    google,
    aws,
    rivals,
    wires: toGoogle,
    oauthUrl,
    output,
    start: (functionOutput, overrides = {}) => {
      const { folder, environment } = aws.functionDefinition(output(functionOutput));
      return Runner.start({ folder, environment: { ...toAws.overWire(environment, aws), ...overrides } });
    },
    startRival: (rival) =>
      Runner.start({ folder: rivals.folder(rival), environment: { NODE_EXTRA_CA_CERTS: front.ca } }),
    async stop() {
      await aws.stop();
      await google.stop();
      await Promise.all([front.close(), wires.close(), rivals.remove()]);
    },
  };
}

async function openGoogleWires(
  wires: Wires,
  { endpoints }: LocalGoogle,
  oauth: WireAddress,
  roundTripMs: number,
): Promise<GoogleWires> {
  const open = async (target: WireAddress): Promise<Wire> => {
    const wire = await wires.open(roundTripMs);
    await wire.lead({ host: target.host, port: target.port });
    return wire;
  };
  const { smtps, smtp, imap } = endpoints;
  return { smtps: await open(smtps), smtp: await open(smtp), imap: await open(imap), oauth: await open(oauth) };
}

/** Opened before there is a stack, because its functions are told of them when it is made. */
async function openAwsWires(wires: Wires) {
  const opened = await Promise.all(
    SERVICES.map(async ([service, variable]) => ({ service, variable, wire: await wires.open(AWS_ROUND_TRIP_MS) })),
  );
  return {
    environment: Object.fromEntries(opened.map(({ variable, wire }) => [variable, `http://127.0.0.1:${wire.port}`])),
    /** Queues are named by URLs, which lead past the wire as they stand in the environment. */
    overWire(environment: Readonly<Record<string, string>>, { endpoints }: LocalAws): Record<string, string> {
      const wire = opened.find(({ service }) => service === 'sqs')?.wire;
      const past = Object.entries(environment).map(([name, value]) => [
        name,
        value.replace(endpoints.sqs, `http://127.0.0.1:${wire?.port}`),
      ]);
      return Object.fromEntries(past);
    },
    async lead({ endpoints }: LocalAws): Promise<void> {
      for (const { service, wire } of opened) await wire.lead(addressOf(endpoints[service]));
    },
  };
}

function addressOf(url: string): WireAddress {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

function fail(message: string): never {
  throw new Error(message);
}
