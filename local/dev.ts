// `npm run dev`: the local Mailroom until Ctrl-C, with its schedules running and its endpoints in .local/endpoints.json.
// `npm run dev -- --google FILE` uses the mail servers that FILE describes instead of the local Gmail, and `--fault FAULT`
// lets something go wrong between them and the stack (local/fault-proxy/fault.ts says how one is written).
import { once } from 'node:events';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import type { LocalAws, LogEntry } from './aws/aws.ts';
import { storeOauthClient } from './connect.ts';
import { type Desk, openDesk } from './desk/desk.ts';
import { describeEndpoints, formatServiceEnvironment, type LocalEndpoints } from './endpoints.ts';
import { FaultScript, parseFault } from './fault-proxy/fault.ts';
import { FIRST_MAIL } from './first-mail.ts';
import { type GoogleServers, SUPPORT, startBehind, startLocalMailroom } from './mailroom.ts';
import { LOCAL_ASSEMBLY, synthesise } from './synthesise.ts';

const FOLDER = fileURLToPath(new URL('../.local/', import.meta.url));
const FILE = join(FOLDER, 'endpoints.json');
/** For code of one's own: `node --env-file`. */
const ENVIRONMENT_FILE = join(FOLDER, 'mailroom.env');
/** An account without a mailbox yet: `mailroom connect` has one to play with. */
const TO_CONNECT = 'sales@shop.example';
/** The customers' access tokens in the file last an hour. */
const REWRITE_MS = 30 * 60_000;

const ServerSchema = v.object({ host: v.string(), port: v.number() });
const ServersSchema = v.object({
  oauth: v.string(),
  smtps: ServerSchema,
  smtp: ServerSchema,
  imap: ServerSchema,
  pop3: v.exactOptional(ServerSchema),
  ca: v.string(),
});

interface Running {
  readonly aws: LocalAws;
  /** Of the local Gmail only: nobody may look into the inboxes of other servers. */
  readonly desk?: Desk;
  describe(): Promise<LocalEndpoints>;
  stop(): Promise<void>;
}

const { values } = parseArgs({ options: { google: { type: 'string' }, fault: { type: 'string', multiple: true } } });
const faults = scriptOf(values.fault);
const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

console.log('synthesising the stack …');
const options = { assembly: await synthesise(LOCAL_ASSEMBLY), schedules: 'run', onLog: printLog, faults } as const;
const running =
  values.google === undefined
    ? await runWithGmail()
    : await runWith(v.parse(ServersSchema, JSON.parse(await readFile(values.google, 'utf8'))));
try {
  await firstRuns(running.aws);
  // A fault that was asked for is for the mail of who asked.
  if (running.desk && faults === undefined) await sendFirstMail(running.aws);
  await writeEndpoints(running);
  console.log(`Mailroom runs; its endpoints are in ${FILE}. End it with Ctrl-C.`);
  console.log('Operate it in another terminal: npx mailroom --local doctor');
  if (running.desk) {
    console.log(`Connect another: npx mailroom --local connect sales --address ${TO_CONNECT}`);
    console.log(`See it, answer it, break it in your browser: ${running.desk.url}`);
  }
  const timer = setInterval(() => void writeEndpoints(running), REWRITE_MS);
  await interrupted;
  clearInterval(timer);
} finally {
  await Promise.all([FILE, ENVIRONMENT_FILE].map((file) => rm(file, { force: true })));
  await running.stop();
}

async function runWithGmail(): Promise<Running> {
  const local = await startLocalMailroom({ ...options, google: { opensAccounts: true } });
  const { aws, google, mailboxes, customers } = local;
  google.addAccount({ address: TO_CONNECT });
  await storeOauthClient(aws, google);
  const desk = await openDesk(aws, google);
  return {
    aws,
    desk,
    async stop() {
      await desk.close();
      await local.stop();
    },
    async describe() {
      const withTokens = customers.map(async (address) => ({
        address,
        accessToken: await google.account(address).accessToken(),
      }));
      const known = mailboxes.map(({ id, address }) => ({ id, address }));
      return describeEndpoints(aws, google.endpoints, { mailboxes: known, customers: await Promise.all(withTokens) });
    },
  };
}

/** Mailboxes of other servers are for their owner to connect: nothing is known of them here. */
async function runWith(servers: GoogleServers): Promise<Running> {
  const aws = await startBehind(faults, servers, 'implicit', options);
  return {
    aws,
    stop: aws.stop,
    describe: async () => describeEndpoints(aws, servers, { mailboxes: [], customers: [] }),
  };
}

/** Reading starts where the first poll finds the mailbox, so it comes before anyone can send. */
async function firstRuns({ outputs, runSchedule }: LocalAws): Promise<void> {
  await runSchedule(outputs.RefreshTokensFunction ?? '');
  await runSchedule(outputs.PollRepliesFunction ?? '');
}

/** So that there is something to answer. */
async function sendFirstMail({ outputs, invoke }: LocalAws): Promise<void> {
  const request = { version: 1, mailbox: SUPPORT.id, idempotencyKey: 'first-mail', ...FIRST_MAIL };
  await invoke(outputs.SendMailFunction ?? '', request);
}

/** Renamed into place: whoever waits for the file never reads half of it. It holds tokens, so it is its owner's alone. */
async function writeEndpoints({ aws, describe }: Running): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(ENVIRONMENT_FILE, formatServiceEnvironment(aws), { mode: 0o600 });
  await writeFile(`${FILE}.new`, `${JSON.stringify(await describe(), null, 2)}\n`, { mode: 0o600 });
  await rename(`${FILE}.new`, FILE);
}

/** The schedules run from the start, and meet faults as well as sends do. */
function scriptOf(faults: readonly string[] = []): FaultScript | undefined {
  if (faults.length === 0) return undefined;
  const script = new FaultScript();
  try {
    for (const fault of faults) script.add({ ...parseFault(fault), onReached: () => console.log(`fault: ${fault}`) });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
  return script;
}

function printLog({ logicalId, line }: LogEntry): void {
  console.log(`${logicalId.replace(/^Mailroom/, '').replace(/[0-9A-F]{8}$/, '')}  ${line}`);
}
