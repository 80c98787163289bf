// One item of the Messages table: what is kept of a message, and how it is read back.
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { type EmailAddress, EmailAddressSchema } from '../core/address.ts';
import { type ErrorCode, isErrorCode } from '../core/errors.ts';
import { MailboxIdSchema } from '../core/mailbox.ts';
import { recipientsOf, threadOf } from '../core/message.ts';
import { MessageKeySchema } from '../core/message-key.ts';
import { MessageStateSchema, parseFinalOutcome } from '../core/outcome.ts';
import { parse } from '../core/parse.ts';
import type { SentMessage } from '../core/reading-ports.ts';
import type { ClaimResult, NewMessage, StoredBody } from '../core/sending-ports.ts';
import { type EpochMs, toEpochMs } from '../core/time.ts';

/** How long a settled message can still be matched with a reply. */
const CORRELATION_DAYS = 400;

/** What a message that is settled no longer needs, its content first of all. */
export const REMOVE_WHEN_SETTLED = 'REMOVE dueAt, leaseToken, unknownSince, requestJson, requestObject, released, code';

const EpochMsSchema = v.pipe(v.number(), v.transform(toEpochMs));

const MessageRecordSchema = v.object({
  key: v.string(),
  requestHash: v.string(),
  messageId: v.string(),
  date: EpochMsSchema,
  state: MessageStateSchema,
  attempt: v.number(),
  firstSeenAt: EpochMsSchema,
  leaseToken: v.optional(v.string()),
  /** When someone must look at it again: the end of a lease or of a rest. Absent when settled, reported or put aside. */
  dueAt: v.optional(EpochMsSchema),
  /** Put back on the outbox: may be claimed before `dueAt`. */
  released: v.optional(v.boolean()),
  code: v.optional(v.custom<ErrorCode>(isErrorCode)),
  requestJson: v.optional(v.string()),
  requestObject: v.optional(v.string()),
  outcome: v.optional(v.unknown()),
  unknownSince: v.optional(EpochMsSchema),
  notAfter: v.optional(EpochMsSchema),
  /** How often it was put back on the outbox while unknown. */
  sentAgain: v.optional(v.number(), 0),
});
export type MessageRecord = v.InferOutput<typeof MessageRecordSchema>;

/** @throws MailError RECORD_MALFORMED naming the attribute */
export function parseMessageRecord(item: unknown): MessageRecord {
  return parse(MessageRecordSchema, item, 'RECORD_MALFORMED', 'item of the Messages table');
}

/** The item as it is first written: claimed already, or waiting for its time. */
export function newRecord(
  first: NewMessage,
  lease: { token: string; until: EpochMs },
  now: EpochMs,
): Record<string, unknown> {
  const { scheduledFor } = first;
  const start =
    scheduledFor === undefined
      ? { state: 'claimed', attempt: 1, leaseToken: lease.token, dueAt: lease.until }
      : { state: 'waiting', attempt: 0, dueAt: scheduledFor };
  const { message, body } = first;
  return {
    key: first.key,
    mailbox: message.mailbox,
    idempotencyKey: message.idempotencyKey,
    requestHash: first.requestHash,
    messageId: first.messageId,
    // What answers this mail belongs to the same conversation.
    thread: threadOf(message) ?? first.messageId,
    date: first.date,
    recipients: recipientsOf(message).map((recipient) => recipient.address),
    ...(message.notAfter !== undefined && { notAfter: message.notAfter }),
    ...(message.context !== undefined && { context: JSON.stringify(message.context) }),
    ...('json' in body ? { requestJson: body.json } : { requestObject: body.object }),
    ...start,
    firstSeenAt: scheduledFor ?? now,
    expiresAt: Math.ceil((scheduledFor ?? now) / 1_000) + CORRELATION_DAYS * 86_400,
  };
}

export function bodyOf(record: MessageRecord): StoredBody | undefined {
  if (record.requestObject !== undefined) return { object: record.requestObject };
  return record.requestJson === undefined ? undefined : { json: record.requestJson };
}

/** What a record says to someone who wants to work on it; undefined where the work may be taken up. */
export function occupied(record: MessageRecord, now: EpochMs): Exclude<ClaimResult, { kind: 'claimed' }> | undefined {
  const { messageId, dueAt } = record;
  switch (record.state) {
    case 'sent':
    case 'partial':
    case 'failed':
    case 'expired':
    case 'cancelled':
    case 'suppressed':
      return { kind: 'settled', outcome: parseFinalOutcome(record.outcome) };
    case 'unknown':
      return {
        kind: 'unknown',
        messageId,
        since: record.unknownSince ?? record.date,
        ...(dueAt !== undefined && { dueAt }),
      };
    case 'transmitting':
      return dueAt !== undefined && dueAt > now
        ? { kind: 'busy', messageId, dueAt }
        : { kind: 'unknown', messageId, since: dueAt ?? record.date };
    case 'waiting':
    case 'claimed':
      if (record.released === true || dueAt === undefined || dueAt <= now) return undefined;
      if (record.attempt === 0) return { kind: 'scheduled', messageId, dueAt };
      return { kind: 'busy', messageId, dueAt, ...(record.code !== undefined && { code: record.code }) };
  }
}

/**
 * Whether a record is as an update left it whose condition failed: the SDK repeats a request whose answer was lost.
 * @param values of the update, each named `:` and its attribute
 */
export function holds(record: MessageRecord, values: Readonly<Record<string, unknown>>): boolean {
  const attributes = new Map<string, unknown>(Object.entries(record));
  return Object.entries(values).every(([name, value]) => isDeepStrictEqual(attributes.get(name.slice(1)), value));
}

const SentRecordSchema = v.object({
  key: MessageKeySchema,
  mailbox: MailboxIdSchema,
  messageId: v.string(),
  recipients: v.array(EmailAddressSchema),
  context: v.optional(v.string()),
  thread: v.optional(v.string()),
  outcome: v.optional(v.object({ sentAt: v.optional(v.number()) })),
});

/** A projection of the index by Message-ID. @throws MailError RECORD_MALFORMED */
export function parseSentMessage(item: unknown): SentMessage {
  const record = parse(SentRecordSchema, item, 'RECORD_MALFORMED', 'item of the Messages table');
  const recipients: readonly EmailAddress[] = record.recipients;
  const context: unknown = record.context === undefined ? null : JSON.parse(record.context);
  return {
    key: record.key,
    mailbox: record.mailbox,
    messageId: record.messageId,
    recipients,
    thread: record.thread ?? record.messageId,
    context,
    sentAt: record.outcome?.sentAt ?? null,
  };
}
