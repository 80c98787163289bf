// What a POP3 session of Gmail lists (support.google.com/mail/answer/7104828): mail in the inbox and archived, neither
// Spam nor Trash, nothing that an SMTP client sent. Numbers hold for the session; what comes meanwhile is not in it.
import type { Account } from './accounts.ts';
import type { Message } from './message.ts';

/** Without `recent:`: about as many of the oldest that were not popped yet. */
const maxListed = 250;
const recentMs = 30 * 24 * 60 * 60_000;
const unlisted = ['\\Sent', '\\Draft', '\\Trash', '\\Junk'];

export interface Maildrop {
  /** By number, from 1. */
  readonly messages: readonly Message[];
  readonly fetched: Set<Message>;
  readonly deleted: Set<Message>;
}

/** Messages that were fetched in a session that ended with QUIT. */
export type Popped = WeakSet<Message>;

export function openMaildrop(account: Account, popped: Popped, isRecent: boolean, now: number): Maildrop {
  account.settle();
  const all = [...account.store.byMsgid.values()]
    .filter((message) => !unlisted.some((label) => message.labels.has(label)))
    .sort((one, other) => one.internalDate - other.internalDate || (BigInt(one.msgid) < BigInt(other.msgid) ? -1 : 1));
  const messages = isRecent
    ? all.filter((message) => message.internalDate >= now - recentMs)
    : all.filter((message) => !popped.has(message)).slice(0, maxListed);
  return { messages, fetched: new Set(), deleted: new Set() };
}

/** The UPDATE state: Gmail keeps its own copy of what a client deletes, and shows neither that nor what it fetched again. */
export function closeMaildrop({ fetched, deleted }: Maildrop, popped: Popped): void {
  for (const message of [...fetched, ...deleted]) popped.add(message);
}

/** Stable for a message, whatever session lists it. */
export function uidlOf(message: Message): string {
  return `GmailId${BigInt(message.msgid).toString(16)}`;
}
