// Opens the consent page in the person's browser, and says its address: a browser may be on another machine.
import open from 'open';
import { formatSpan } from '../moment.ts';
import type { Terminal } from '../terminal.ts';

interface Opening {
  readonly isWanted: boolean;
  /** How long the answer is waited for. */
  readonly timeoutMs: number;
}

export function openBrowser(terminal: Terminal, url: string, { isWanted, timeoutMs }: Opening): void {
  if (terminal.isJson) terminal.result({ kind: 'consent', url }, '');
  terminal.note(`${isWanted ? 'Your browser opens. If it does not, open' : 'Open'} this address:\n\n${url}\n`);
  terminal.note(`Waiting for the answer, ${formatSpan(timeoutMs)} at most; Ctrl-C ends it.`);
  // A machine without a browser: the address is there.
  if (isWanted) open(url).catch(() => undefined);
}
