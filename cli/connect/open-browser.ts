// Opens the consent page in the person's browser, and says its address: a browser may be on another machine.
import open from 'open';
import type { Terminal } from '../terminal.ts';

export function openBrowser(terminal: Terminal, url: string, isWanted: boolean): void {
  if (terminal.isJson) terminal.result({ kind: 'consent', url }, '');
  terminal.note(`${isWanted ? 'Your browser opens. If it does not, open' : 'Open'} this address:\n\n${url}\n`);
  // A machine without a browser: the address is there.
  if (isWanted) open(url).catch(() => undefined);
}
