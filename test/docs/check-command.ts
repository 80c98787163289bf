// Whether a command that a page shows is one that there is, with the arguments that it takes.
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { COMMANDS } from '../../cli/commands.ts';
import { parseCommandLine } from '../../cli/run.ts';
import { ROOT } from './pages.ts';

const { scripts } = v.parse(
  v.object({ scripts: v.record(v.string(), v.string()) }),
  JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')),
);

/** What is wrong with it; undefined where nothing is. */
type Check = (args: readonly string[]) => Promise<string | undefined>;

const CHECKS: Readonly<Record<string, Check>> = {
  npm: async ([command = '', script = '']) => {
    if (NPM_COMMANDS.has(command)) return undefined;
    const name = command === 'run' ? script : command;
    return name in scripts ? undefined : `package.json has no script ${name}`;
  },
  npx: async ([command = '', ...args]) => {
    if (command === 'mailroom') return checkMailroom(args);
    if (command === 'cdk') return CDK_COMMANDS.has(args[0] ?? '') ? undefined : `cdk has no command ${args[0]}`;
    return `npx ${command} would be fetched from the registry`;
  },
  aws: checkAws,
  // With any arguments: the suites that follow a page run them.
  awk: async () => undefined,
  mkdir: async () => undefined,
  node: async (args) => {
    const options = args.filter(isOption).map((option) => option.split('=')[0]);
    return options.every((option) => option === '--env-file')
      ? undefined
      : `nobody checks options of node but --env-file`;
  },
};

/** `npm run walk` runs them. */
const NPM_COMMANDS = new Set(['ci', 'init', 'install', 'pack']);
const CDK_COMMANDS = new Set(['bootstrap', 'deploy', 'destroy', 'diff', 'list', 'synth']);

export async function checkCommand([name = '', ...args]: readonly string[]): Promise<string | undefined> {
  const check = CHECKS[name];
  return check === undefined ? `nobody checks the command ${name}: add it to test/docs/check-command.ts` : check(args);
}

/** By the definitions of the command line itself; nothing is run. */
export async function checkMailroom(args: readonly string[]): Promise<string | undefined> {
  // yargs prints for these.
  if (args[0] === 'completion' || args.includes('--help')) {
    const names = ['completion', '--help', ...COMMANDS.map(({ name }) => name)];
    return names.includes(args[0] ?? '') ? undefined : `mailroom has no command ${args[0]}`;
  }
  return parseCommandLine(args, async () => undefined).then(
    () => undefined,
    (error) => `mailroom ${args.join(' ')}: ${error.message}`,
  );
}

/** How the AWS CLI calls a service, where the SDK calls it otherwise. */
const SDK_NAMES: Readonly<Record<string, string>> = {
  events: 'eventbridge',
  s3api: 's3',
  secretsmanager: 'secrets-manager',
};
/** Made of several operations, so that the SDK has none of them. */
const S3_COMMANDS = new Set(['cp', 'ls', 'mb', 'mv', 'rb', 'rm', 'sync']);
const GLOBAL_OPTIONS = ['cli-binary-format', 'endpoint-url', 'no-cli-pager', 'output', 'profile', 'query', 'region'];

/** The shape of an operation's input, as the SDK has it: 4 of the operation, and 4 of the structure (its members). */
const OperationSchema = v.object({
  schema: v.pipe(
    v.array(v.unknown()),
    v.transform((operation) => (typeof operation[4] === 'function' ? operation[4]() : operation[4])),
    v.array(v.unknown()),
    v.transform((input) => input[4]),
    v.array(v.string()),
  ),
});

/** The CLI is made of the same models as the SDK: a service, an operation, and the members of its input as options. */
async function checkAws(args: readonly string[]): Promise<string | undefined> {
  const [service = '', operation = '', ...rest] = args.filter((_, i) => i >= args.findIndex((arg) => !isOption(arg)));
  if (service === 's3') return S3_COMMANDS.has(operation) ? undefined : `aws s3 has no command ${operation}`;
  const client: Record<string, unknown> = await import(`@aws-sdk/client-${SDK_NAMES[service] ?? service}`).catch(
    () => ({}),
  );
  const command = client[`${pascalCase(operation)}Command`];
  if (typeof command !== 'function') return `the AWS SDK here has no ${service} ${operation}`;
  const { schema: members } = v.parse(OperationSchema, Reflect.construct(command, [{}]));
  const options = rest.filter(isOption).map((option) => option.slice(2));
  const unknown = options.find((option) => !GLOBAL_OPTIONS.includes(option) && !members.includes(pascalCase(option)));
  return unknown && `aws ${service} ${operation} has no option --${unknown}`;
}

function isOption(arg: string): boolean {
  return arg.startsWith('--');
}

function pascalCase(words: string): string {
  return words.replaceAll(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());
}
