// One run of the command line: the arguments, the command they name, and how it ended.
import yargs, { type Argv } from 'yargs';
import { toEpochMs } from '../lib/core/time.ts';
import type { Context, Run } from './command.ts';
import { COMMANDS } from './commands.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { describeFailure } from './failure.ts';
import { GLOBAL_OPTIONS, type GlobalOptions, prepareEnvironment } from './global-options.ts';
import { Problem } from './problem.ts';
import { createTerminal, type Terminal } from './terminal.ts';

export async function runCommandLine(argv: readonly string[]): Promise<ExitCode> {
  const terminal = createTerminal({ isJson: argv.includes('--json') });
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Problem('INTERRUPTED', 'interrupted', 'run it again'));
  process.once('SIGINT', interrupt);
  let exitCode: ExitCode = EXIT.done;
  try {
    await describe(argv, async (options, run) => {
      exitCode = await withContext(terminal, options, interrupted.signal, run);
    });
    return exitCode;
  } catch (error) {
    return report(terminal, interrupted.signal.aborted ? interrupted.signal.reason : error);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function describe(argv: readonly string[], start: (options: GlobalOptions, run: Run) => Promise<void>) {
  const line: Argv<GlobalOptions> = yargs([...argv])
    .scriptName('mailroom')
    .usage(USAGE)
    .options(GLOBAL_OPTIONS)
    .group(['stack', 'region', 'profile', 'local', 'json'], 'Which Mailroom, and how it answers:')
    .completion('completion', 'Print a script that completes commands and options: source <(mailroom completion)')
    .demandCommand(1, 'name a command')
    .strict()
    .recommendCommands()
    .version(false)
    .alias('help', 'h')
    .epilogue(EPILOGUE)
    .exitProcess(false)
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message: string | null, error: unknown) => {
      throw (
        error ?? new Problem('USAGE', message ?? 'not understood', 'see mailroom --help, or the --help of the command')
      );
    });
  for (const command of COMMANDS) command.register(line, start);
  await line.parseAsync();
}

async function withContext(
  terminal: Terminal,
  options: GlobalOptions,
  signal: AbortSignal,
  run: Run,
): Promise<ExitCode> {
  let opened: Promise<Deployment> | undefined;
  await prepareEnvironment(options);
  const context: Context = {
    terminal,
    signal,
    now: () => toEpochMs(Date.now()),
    deployment() {
      opened ??= terminal.during('looking for the stack', () => openDeployment(options.stack));
      return opened;
    },
    commandLine: (command) => ['npx mailroom', ...namingOf(options), command].join(' '),
  };
  try {
    return await run(context);
  } finally {
    await opened?.then(
      (deployment) => deployment.close(),
      () => undefined,
    );
  }
}

/** The options by which this Mailroom was named, to be repeated in commands that we tell. */
function namingOf({ stack, region, profile, local }: GlobalOptions): readonly string[] {
  const given = { stack, region, profile };
  const named = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return local === true ? ['--local', ...named] : named;
}

function report(terminal: Terminal, error: unknown): ExitCode {
  const { exitCode, ...failure } = describeFailure(error);
  if (terminal.isJson) terminal.result({ error: failure }, '');
  else process.stderr.write(`${failure.code}: ${failure.message}\n${failure.cure}\n`);
  return exitCode;
}

const USAGE = `$0 <command>

Connects Gmail and Workspace mailboxes to the Mailroom in your AWS account, and shows how they fare.
Begin with: mailroom connect support`;

const EPILOGUE = `Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the stack cannot be found or used, 4 a person is needed.
Try it without any account: npm run dev, and in another terminal: npx mailroom --local mailboxes
More: docs/cli.md`;
