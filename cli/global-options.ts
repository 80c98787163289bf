// The options of every command: which Mailroom is meant, and how the command answers.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { InferredOptionTypes } from 'yargs';
import { trustAuthority } from './local-authority.ts';
import { Problem } from './problem.ts';

export const GLOBAL_OPTIONS = {
  stack: { type: 'string', describe: 'Name of the stack; by default the one that has the outputs of Mailroom' },
  region: { type: 'string', describe: 'AWS region; by default as every AWS SDK finds it' },
  profile: { type: 'string', describe: 'AWS profile; by default as every AWS SDK finds it' },
  local: { type: 'boolean', describe: 'The Mailroom of npm run dev, in a clone of Mailroom' },
  json: { type: 'boolean', describe: 'Print one line of JSON a result, and nothing else' },
} as const;

export type GlobalOptions = InferredOptionTypes<typeof GLOBAL_OPTIONS>;

const LOCAL_FILE = fileURLToPath(new URL('../.local/endpoints.json', import.meta.url));
const LocalSchema = v.object({
  stackName: v.string(),
  environment: v.record(v.string(), v.string()),
  google: v.object({ ca: v.string() }),
});

/** Makes every SDK client that is created from now on use what the options name. @throws Problem LOCAL_NOT_RUNNING */
export async function prepareEnvironment({ region, profile, local }: GlobalOptions): Promise<void> {
  if (region !== undefined) process.env.AWS_REGION = region;
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  if (local !== true) return;
  const { environment, google } = await readLocal();
  // A profile of the developer's own would come before the credentials of the environment.
  delete process.env.AWS_PROFILE;
  Object.assign(process.env, environment);
  trustAuthority(await readFile(google.ca, 'utf8'));
}

async function readLocal(): Promise<v.InferOutput<typeof LocalSchema>> {
  try {
    return v.parse(LocalSchema, JSON.parse(await readFile(LOCAL_FILE, 'utf8')));
  } catch (error) {
    const what = 'no local Mailroom runs here';
    throw new Problem('LOCAL_NOT_RUNNING', what, 'in a clone of Mailroom, start it in another terminal: npm run dev', {
      cause: error,
    });
  }
}
