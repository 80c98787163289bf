// What a command is: how it is called, what its help says, and what it does with a Mailroom.
import type { ArgumentsCamelCase, Argv } from 'yargs';
import type { EpochMs } from '../lib/core/time.ts';
import type { Deployment } from './deployment.ts';
import type { ExitCode } from './exit-code.ts';
import type { Repetition } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Terminal } from './terminal.ts';

/** What every command works with. */
export interface Context {
  readonly terminal: Terminal;
  readonly now: () => EpochMs;
  /** The Mailroom that the options name; found when it is first asked for. @throws Problem */
  deployment(): Promise<Deployment>;
  /** The command as a person would type it for this very Mailroom, such as `npx mailroom --local connect support`. */
  commandLine(command: string): string;
  /** Aborted by Ctrl-C, which ends the command a second later at most, wherever it is. */
  readonly signal: AbortSignal;
  /** From now on every failure, Ctrl-C too, is reported with how to repeat what was begun. */
  onFailure(repetition: Repetition): void;
}

interface Definition<T> {
  /** As yargs reads it: `connect <id>`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: (yargs: Argv<GlobalOptions>) => Argv<T>;
  /** Imports what it needs when it runs: the help of one command waits for no other. */
  readonly run: (context: Context, options: ArgumentsCamelCase<T>) => Promise<ExitCode>;
}

export type Run = (context: Context) => Promise<ExitCode>;
type Start = (given: GlobalOptions, run: Run) => Promise<void>;

export interface Command {
  readonly name: string;
  /** As in `connect <id>`. */
  readonly usage: string;
  register(yargs: Argv<GlobalOptions>, start: Start): void;
}

export function defineCommand<T extends GlobalOptions>({ usage, summary, options, run }: Definition<T>): Command {
  return {
    name: usage.split(' ')[0] ?? usage,
    usage,
    register(yargs, start) {
      yargs.command(usage, summary, options, (given) => start(given, (context) => run(context, given)));
    },
  };
}
