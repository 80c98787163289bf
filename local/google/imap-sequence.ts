// Sequence sets (RFC 9051 4.1.1): `1:3,7,*`. Resolved against a view's numbers without listing every number, so that
// `1:*` on 100,000 messages costs its answer only.
import type { FolderEntry } from './folders.ts';
import { firstAtLeast } from './folders.ts';
import { ImapSyntaxError } from './imap-parser.ts';

export interface Range {
  low: number;
  high: number;
}

export interface Numbered {
  seq: number;
  entry: FolderEntry;
}

/** Ranges with `*` replaced by `last`. `n:*` holds the last message even when it is below n: RFC 9051, and clients trip. */
export function parseSequence(text: string, last: number): Range[] {
  return text.split(',').map((part) => {
    const found = /^(\d{1,10}|\*)(?::(\d{1,10}|\*))?$/.exec(part);
    if (!found) throw new ImapSyntaxError('bad sequence set');
    const from = numberOf(found[1] ?? '', last);
    const to = found[2] === undefined ? from : numberOf(found[2], last);
    return { low: Math.min(from, to), high: Math.max(from, to) };
  });
}

/** The messages of a view that a set names, ascending, each once. */
export function select(view: readonly FolderEntry[], text: string, byUid: boolean): Numbered[] {
  // `1:*` of an empty folder names nothing; a strict reading would refuse what every client asks.
  if (view.length === 0 && text.includes('*')) return [];
  const last = byUid ? (view.at(-1)?.uid ?? 0) : view.length;
  const chosen = new Map<number, FolderEntry>();
  for (const { low, high } of parseSequence(text, last)) {
    if (!byUid && (low < 1 || high > view.length)) throw new ImapSyntaxError('no such message');
    const from = byUid ? firstAtLeast(view, low) : low - 1;
    for (let at = from; at < view.length; at += 1) {
      const entry = view[at];
      if (!entry || (byUid ? entry.uid : at + 1) > high) break;
      chosen.set(at + 1, entry);
    }
  }
  return [...chosen].sort(([a], [b]) => a - b).map(([seq, entry]) => ({ seq, entry }));
}

/** `1,2,3,7` → `1:3,7` */
export function formatSequence(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    let end = at;
    while (numbers[end + 1] === (numbers[end] ?? 0) + 1) end += 1;
    parts.push(end > at ? `${numbers[at]}:${numbers[end]}` : `${numbers[at]}`);
    at = end + 1;
  }
  return parts.join(',');
}

function numberOf(text: string, last: number): number {
  if (text === '*') return last;
  const value = Number(text);
  if (value === 0 || value > 4294967295) throw new ImapSyntaxError('bad number in a set');
  return value;
}
