// The keys under which a message is known: derived by hashing, so that a retry anywhere finds the same item.
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { EmailAddress } from './address.ts';
import { domainOf } from './address.ts';
import type { MailboxId } from './mailbox.ts';
import type { Message } from './message.ts';

declare const messageKey: unique symbol;

/** Hash of mailbox and idempotency key: the hash key of the Messages table. */
export type MessageKey = string & { readonly [messageKey]: true };

export const MessageKeySchema = v.pipe(
  v.string(),
  v.transform((key) => key as MessageKey),
);

export function keyOf(mailbox: MailboxId, idempotencyKey: string): MessageKey {
  return sha256(`${mailbox}\n${idempotencyKey}`) as MessageKey;
}

/** Equal for requests that would compose to the same mail, however their JSON was ordered. */
export function requestHash(message: Message): string {
  const { idempotencyKey: _key, attachments, automatic, answerTo, ...content } = message;
  // The thread follows from the mail that is answered.
  const { messageId, references } = answerTo ?? {};
  const files = attachments.map((attachment) => ({ ...attachment, content: sha256OfLong(attachment.content) }));
  // Only where it is true, so that a request has the hash that it had before there was such a field.
  return sha256(
    canonicalJson({
      ...content,
      ...(answerTo && { answerTo: { messageId, references } }),
      ...(automatic && { automatic }),
      attachments: files,
    }),
  );
}

/**
 * Deduplication id of a message on the outbox: a new attempt is a new queue message, a repeated put of the same one is not.
 * @param attempt how often it has been tried, from 0
 */
export function outboxDeduplicationId(key: MessageKey, hash: string, attempt: number): string {
  return sha256(`${key}\n${hash}\n${attempt}`);
}

/**
 * A Message-ID in the domain of the sender address, never a gmail host name, which Gmail replaces. The word before the
 * UUID makes it recognisable when the message itself is long forgotten.
 * @param unique a random UUID
 */
export function createMessageId(unique: string, sender: EmailAddress): string {
  return `<mailroom.${unique}@${domainOf(sender)}>`;
}

const OUR_MESSAGE_ID = /^<mailroom\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@([^@>]+)>$/;

/** Whether it looks like one that Mailroom made, for whatever sender. Anybody can make one up. */
export function looksMade(messageId: string): boolean {
  return OUR_MESSAGE_ID.test(messageId);
}

/** Whether it looks like one that was made for mail of this sender. Anybody can make one up. */
export function looksLikeOurs(messageId: string, sender: EmailAddress): boolean {
  return OUR_MESSAGE_ID.exec(messageId)?.[1]?.toLowerCase() === domainOf(sender).toLowerCase();
}

/** Of base64 at a time. */
const SLICE_CHARACTERS = 65_536;

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Without the copy of all of it that hashing it at once would make. */
function sha256OfLong(ascii: string): string {
  const hash = createHash('sha256');
  for (let start = 0; start < ascii.length; start += SLICE_CHARACTERS) {
    hash.update(ascii.slice(start, start + SLICE_CHARACTERS));
  }
  return hash.digest('hex');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
