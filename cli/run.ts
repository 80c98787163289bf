// One run of the command line: the arguments, the command they name, and how it ended. Ctrl-C ends every command here, and
// may cut it off anywhere: what a command changes is one write each, and it can be repeated.
import yargs, { type Argv } from 'yargs';
import { toEpochMs } from '../lib/core/time.ts';
import type { Context, Run } from './command.ts';
import { COMMANDS } from './commands.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { describeFailure, type Repetition } from './failure.ts';
import { GLOBAL_OPTIONS, type GlobalOptions, prepareEnvironment } from './global-options.ts';
import { Problem } from './problem.ts';
import { createTerminal, type Terminal } from './terminal.ts';

export async function runCommandLine(argv: readonly string[]): Promise<ExitCode> {
  const terminal = createTerminal({ isJson: argv.includes('--json') });
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Problem('INTERRUPTED', 'interrupted', 'run it again'));
  process.once('SIGINT', interrupt);
  let exitCode: ExitCode = EXIT.done;
  let repetition: Repetition | undefined;
  const surroundings: Surroundings = {
    terminal,
    signal: interrupted.signal,
    onFailure(given) {
      repetition = given;
    },
  };
  try {
    await parseCommandLine(argv, async (options, run) => {
      exitCode = await withContext(surroundings, options, run);
    });
    return exitCode;
  } catch (error) {
    return report(terminal, interrupted.signal.aborted ? interrupted.signal.reason : error, repetition);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** Starts the one command that the arguments name. @throws Problem USAGE where they are not understood */
export async function parseCommandLine(
  argv: readonly string[],
  start: (options: GlobalOptions, run: Run) => Promise<void>,
): Promise<void> {
  const line: Argv<GlobalOptions> = yargs([...argv])
    .scriptName('mailroom')
    .usage(USAGE)
    .options(GLOBAL_OPTIONS)
    .group(['stack', 'region', 'profile', 'local', 'json'], 'Which Mailroom, and how it answers:')
    .completion('completion', 'Print a script that completes commands and options in your shell (docs/cli.md)')
    .demandCommand(1, 'name a command')
    .strict()
    .recommendCommands()
    .version(false)
    .alias('help', 'h')
    .epilogue(EPILOGUE)
    .exitProcess(false)
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message: string | null, error: unknown) => {
      // The parser's own: an option without its value.
      const isParsers = error instanceof Error && error.name === 'YError';
      throw isParsers ? wrongUsage(argv, error.message) : (error ?? wrongUsage(argv, message ?? 'not understood'));
    });
  for (const command of COMMANDS) command.register(line, start);
  await line.parseAsync();
}

/** In words of ours where those of yargs name nothing. */
function wrongUsage(argv: readonly string[], message: string): Problem {
  const command = argv.map((word) => COMMANDS.find(({ name }) => name === word)).find((known) => known !== undefined);
  if (command === undefined) return new Problem('USAGE', message, 'see mailroom --help');
  const [, missing] = command.usage.split(' ');
  const isMissing = message.startsWith('Not enough non-option arguments');
  const what = isMissing ? `${command.name} takes ${missing}, which is missing` : message;
  return new Problem('USAGE', what, `see mailroom ${command.name} --help`);
}

type Surroundings = Pick<Context, 'terminal' | 'signal' | 'onFailure'>;

async function withContext(surroundings: Surroundings, options: GlobalOptions, run: Run): Promise<ExitCode> {
  const { terminal, signal } = surroundings;
  let opened: Promise<Deployment> | undefined;
  await prepareEnvironment(options);
  const context: Context = {
    ...surroundings,
    now: () => toEpochMs(Date.now()),
    deployment() {
      opened ??= terminal.during('looking for the stack', () => openDeployment(options.stack));
      return opened;
    },
    commandLine: (command) => ['npx mailroom', ...namingOf(options), command].join(' '),
  };
  try {
    return await unlessInterrupted(signal, run(context));
  } finally {
    // After Ctrl-C it may still be looked for: that is not waited for.
    void opened?.then(
      (deployment) => deployment.close(),
      () => undefined,
    );
  }
}

/** For a command that ends by itself at Ctrl-C: what it hid is shown again, what it counted is told. */
const GRACE_MS = 1_000;

/** What does not listen to the signal is left in the middle; what was begun goes on at AWS. */
async function unlessInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const left = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const leave = (): void => {
    timer = setTimeout(() => left.reject(signal.reason), GRACE_MS);
  };
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await Promise.race([work, left.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}

/** The options by which this Mailroom was named, to be repeated in commands that we tell. */
function namingOf({ stack, region, profile, local }: GlobalOptions): readonly string[] {
  const given = { stack, region, profile };
  const named = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return local === true ? ['--local', ...named] : named;
}

function report(terminal: Terminal, error: unknown, repetition: Repetition | undefined): ExitCode {
  const { exitCode, ...failure } = describeFailure(error, repetition);
  if (terminal.isJson) terminal.result({ error: failure }, '');
  else process.stderr.write(`${failure.code}: ${failure.message}\n${failure.cure}\n`);
  return exitCode;
}

const USAGE = `$0 <command>

Connects Gmail and Workspace mailboxes to the Mailroom in your AWS account, and shows how they fare.
Begin with: mailroom connect support`;

const EPILOGUE = `Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the stack cannot be found or used, 4 a person is needed.
Try it without any account, in a clone of Mailroom: npm run dev, and in another terminal: npx mailroom --local mailboxes
More: docs/cli.md`;
