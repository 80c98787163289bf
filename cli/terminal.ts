// What a person sees: results on standard output, everything else on standard error; colour on a terminal only. With --json
// standard output holds one line of JSON a result, and nothing else is written.
import { createInterface } from 'node:readline/promises';
import { stripVTControlCharacters, styleText } from 'node:util';
import ora from 'ora';
import { Problem } from './problem.ts';

type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  readonly isJson: boolean;
  /** @param value what --json prints  @param text what a person reads */
  result(value: object, text: string): void;
  /** Beside the results, for a person. */
  note(text: string): void;
  /** Shows that it goes on, where it takes longer than a moment. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** @param option by which it can be given beforehand  @throws Problem USAGE where nobody can answer */
  ask(question: string, option: string): Promise<string>;
  /** @throws Problem USAGE where nobody can answer and `--yes` was not given */
  confirm(question: string): Promise<boolean>;
  paint(style: Style, text: string): string;
}

/** Shorter than this nobody wonders. */
const PROGRESS_AFTER_MS = 400;

export function createTerminal({ isJson }: { isJson: boolean }): Terminal {
  return {
    isJson,
    result(value, text) {
      process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
    note(text) {
      if (!isJson) process.stderr.write(`${text}\n`);
    },
    during: (what, work) => showProgress(what, work, isJson),
    async ask(question, option) {
      if (isJson || !process.stdin.isTTY) throw unanswerable(question, option);
      return answer(`${question} `);
    },
    async confirm(question) {
      if (isJson || !process.stdin.isTTY) throw unanswerable(question, '--yes');
      return /^y(es)?$/i.test(await answer(`${question} [y/N] `));
    },
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
  };
}

async function showProgress<T>(what: string, work: () => Promise<T>, isSilent: boolean): Promise<T> {
  const spinner = ora({ text: what, isSilent, stream: process.stderr });
  const timer = setTimeout(() => spinner.start(), PROGRESS_AFTER_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    if (spinner.isSpinning) spinner.stop();
  }
}

async function answer(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    process.stderr.write('\n');
    // Ctrl-C or Ctrl-D: while it asks, the terminal hands them over as characters, and no signal comes.
    throw new Problem('INTERRUPTED', 'interrupted', 'run it again', { cause: error });
  } finally {
    lines.close();
  }
}

function unanswerable(question: string, option: string): Problem {
  return new Problem('USAGE', `nobody is here to answer: ${question}`, `give ${option}`);
}

/** Text from outside, such as a subject, cannot move the cursor or change the title of the terminal. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    '',
  );
}
