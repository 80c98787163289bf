// The keys under which a message is known: derived by hashing, so that a retry anywhere finds the same item.
import { createHash } from 'node:crypto';
import type { EmailAddress } from './address.ts';
import { domainOf } from './address.ts';
import type { MailboxId } from './mailbox.ts';
import type { Message } from './message.ts';

declare const messageKey: unique symbol;

/** Hash of mailbox and idempotency key: the hash key of the Messages table. */
export type MessageKey = string & { readonly [messageKey]: true };

export function keyOf(mailbox: MailboxId, idempotencyKey: string): MessageKey {
  return sha256(`${mailbox}\n${idempotencyKey}`) as MessageKey;
}

/** Equal for requests that would compose to the same mail, however their JSON was ordered. */
export function requestHash(message: Message): string {
  const { idempotencyKey: _key, attachments, automatic, ...content } = message;
  const files = attachments.map((attachment) => ({ ...attachment, content: sha256OfLong(attachment.content) }));
  // Only where it is true, so that a request has the hash that it had before there was such a field.
  return sha256(canonicalJson({ ...content, ...(automatic && { automatic }), attachments: files }));
}

/**
 * Deduplication id of a message on the outbox: a new attempt is a new queue message, a repeated put of the same one is not.
 * @param attempt how often it has been tried, from 0
 */
export function outboxDeduplicationId(key: MessageKey, hash: string, attempt: number): string {
  return sha256(`${key}\n${hash}\n${attempt}`);
}

/**
 * A Message-ID in the domain of the sender address, never a gmail host name, which Gmail replaces.
 * @param unique a random UUID
 */
export function createMessageId(unique: string, sender: EmailAddress): string {
  return `<${unique}@${domainOf(sender)}>`;
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
