// The options of every command: which Mailroom is meant, and how the command answers.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { InferredOptionTypes } from 'yargs';
import { trustAuthority } from './local-authority.ts';
import { Problem } from './problem.ts';

export const GLOBAL_OPTIONS = {
  stack: {
    type: 'string',
    requiresArg: true,
    describe: 'Name of the stack; by default the one that has the outputs of Mailroom',
  },
  region: { type: 'string', requiresArg: true, describe: 'AWS region; by default as every AWS SDK finds it' },
  profile: { type: 'string', requiresArg: true, describe: 'AWS profile; by default as every AWS SDK finds it' },
  local: { type: 'boolean', describe: 'The Mailroom of npm run dev, in a clone of Mailroom' },
  json: { type: 'boolean', describe: 'Print one line of JSON a result, and nothing else' },
} as const;

export type GlobalOptions = InferredOptionTypes<typeof GLOBAL_OPTIONS>;

const LOCAL_FILE = fileURLToPath(new URL('../.local/endpoints.json', import.meta.url));
/** It is on this machine. */
const LISTENING_MS = 2_000;
const LocalSchema = v.object({
  stackName: v.string(),
  environment: v.objectWithRest({ AWS_ENDPOINT_URL_CLOUDFORMATION: v.pipe(v.string(), v.url()) }, v.string()),
  google: v.object({ ca: v.string() }),
});

/** Makes every SDK client that is created from now on use what the options name. @throws Problem LOCAL_NOT_RUNNING */
export async function prepareEnvironment({ region, profile, local }: GlobalOptions): Promise<void> {
  if (region !== undefined) process.env.AWS_REGION = region;
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  if (local !== true) return;
  const { environment, google } = await readLocal();
  await findListening(environment.AWS_ENDPOINT_URL_CLOUDFORMATION);
  // A profile of the developer's own would come before the credentials of the environment.
  delete process.env.AWS_PROFILE;
  Object.assign(process.env, environment);
  trustAuthority(await readFile(google.ca, 'utf8'));
}

async function readLocal(): Promise<v.InferOutput<typeof LocalSchema>> {
  try {
    return v.parse(LocalSchema, JSON.parse(await readFile(LOCAL_FILE, 'utf8')));
  } catch (error) {
    throw notRunning(error);
  }
}

/** One that was killed has left its file. @throws Problem LOCAL_NOT_RUNNING */
async function findListening(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(LISTENING_MS) });
  } catch (error) {
    throw notRunning(error);
  } finally {
    socket.destroy();
  }
}

function notRunning(cause: unknown): Problem {
  const cure = 'in a clone of Mailroom, start it in another terminal: npm run dev';
  return new Problem('LOCAL_NOT_RUNNING', 'no local Mailroom runs here', cure, { cause });
}
