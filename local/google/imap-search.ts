// SEARCH and UID SEARCH (RFC 9051 6.4.4, ESEARCH of RFC 4731, Gmail's X-GM keys). Keys become predicates; a header is
// only read when a key before it has not already said no.
import { ok } from './imap-login.ts';
import { ImapSyntaxError, type Token, textOf } from './imap-parser.ts';
import { SearchKeys } from './imap-search-keys.ts';
import { formatSequence, type Numbered } from './imap-sequence.ts';
import { type ImapHandler, Refused } from './imap-session.ts';

export const search: ImapHandler = async (session, command) => {
  const { view } = session.box;
  const tokens = [...command.arguments];
  const returned = takeReturn(tokens);
  takeCharset(tokens);
  const keys = new SearchKeys(session, tokens);
  const matches = keys.readAll();
  const found: Numbered[] = [];
  view.forEach((entry, at) => {
    const numbered = { seq: at + 1, entry };
    if (!entry.gone && matches(numbered)) found.push(numbered);
  });
  const numbers = found.map(({ seq, entry }) => (command.byUid ? entry.uid : seq));
  const modseq = keys.usesModseq ? Math.max(0, ...found.map(({ entry }) => entry.message.modseq)) : 0;
  if (returned) await session.send(extended(command.tag, command.byUid, returned, numbers, modseq));
  else {
    const suffix = modseq > 0 ? ` (MODSEQ ${modseq})` : '';
    await session.send(`* SEARCH${numbers.map((number) => ` ${number}`).join('')}${suffix}`);
  }
  return ok(`${command.name} completed (Success)`);
};

/** RETURN (MIN MAX COUNT ALL); empty means ALL. */
function takeReturn(tokens: Token[]): string[] | undefined {
  if (textOf(tokens[0])?.toUpperCase() !== 'RETURN') return undefined;
  const [, options] = tokens.splice(0, 2);
  if (options?.kind !== 'list') throw new ImapSyntaxError('RETURN without a list');
  const names = options.items.map((item) => textOf(item)?.toUpperCase() ?? '');
  return names.length === 0 ? ['ALL'] : names;
}

function takeCharset(tokens: Token[]): void {
  if (textOf(tokens[0])?.toUpperCase() !== 'CHARSET') return;
  const [, charset] = tokens.splice(0, 2);
  if (!/^(?:utf-8|us-ascii)$/i.test(textOf(charset) ?? '')) {
    throw new Refused('NO', '[BADCHARSET (UTF-8 US-ASCII)] Unknown charset (Failure)');
  }
}

function extended(tag: string, byUid: boolean, returned: string[], numbers: number[], modseq: number): string {
  const parts = [`* ESEARCH (TAG "${tag}")`];
  if (byUid) parts.push('UID');
  if (returned.includes('MIN') && numbers.length > 0) parts.push(`MIN ${numbers[0]}`);
  if (returned.includes('MAX') && numbers.length > 0) parts.push(`MAX ${numbers.at(-1)}`);
  if (returned.includes('COUNT')) parts.push(`COUNT ${numbers.length}`);
  if (returned.includes('ALL') && numbers.length > 0) parts.push(`ALL ${formatSequence(numbers)}`);
  if (modseq > 0) parts.push(`MODSEQ ${modseq}`);
  return parts.join(' ');
}
