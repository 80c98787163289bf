// Search keys that ask what a mail says. They ask the index, which may lag behind the mailbox.
import { headerFields } from './header-fields.ts';
import type { Numbered } from './imap-sequence.ts';
import type { ImapSession } from './imap-session.ts';
import type { Message } from './message.ts';

export type Predicate = (numbered: Numbered) => boolean;

/** Whoever reads the keys of a search, as these keys need it. */
interface KeyReader {
  readonly session: ImapSession;
  text(): string;
}

type ContentKey = (keys: KeyReader) => Predicate;

export function indexed(keys: KeyReader, matches: (message: Message) => boolean): Predicate {
  const { now } = keys.session.house;
  return ({ entry: { message } }) => message.searchableAt <= now() && matches(message);
}

export const header =
  (name: string): ContentKey =>
  (keys) => {
    const wanted = keys.text();
    return indexed(keys, (message) => headerHolds(message, name, wanted));
  };

export const inText =
  (from: (message: Message) => number): ContentKey =>
  (keys) => {
    const wanted = keys.text().toLowerCase();
    return indexed(keys, (message) => message.raw.toString('utf8', from(message)).toLowerCase().includes(wanted));
  };

function headerHolds(message: Message, name: string, wanted: string): boolean {
  const lower = wanted.toLowerCase();
  return headerFields(message.raw).some((field) => field.name === name && field.value.toLowerCase().includes(lower));
}
