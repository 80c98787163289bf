// How a send ended, as the caller learns it and as the Messages table keeps it for a replay.
import * as v from 'valibot';
import { type ErrorCode, isErrorCode } from './errors.ts';
import { parse } from './parse.ts';

export const ErrorCodeSchema = v.custom<ErrorCode>(isErrorCode, 'is not an error code that this version knows');

const RejectionSchema = v.object({
  /** One of the message's recipients, as the server was given it. */
  address: v.string(),
  code: ErrorCodeSchema,
  /** The server's reply, in its own words. */
  response: v.string(),
});

const sent = {
  messageId: v.string(),
  /** The server's acceptance; absent where the connection ended before it came. */
  response: v.optional(v.string()),
  sentAt: v.number(),
  /**
   * How it was learnt, where the connection ended before the reply: by the copy in the mailbox that a poll saw, by a search
   * for it, or, as neither found one, by sending the same mail once more.
   */
  settledBy: v.optional(v.picklist(['own-copy', 'search', 'sent-again'])),
};

export const FinalOutcomeSchema = v.variant('kind', [
  v.object({ kind: v.literal('sent'), ...sent }),
  v.object({
    kind: v.literal('partial'),
    ...sent,
    rejected: v.array(RejectionSchema),
  }),
  v.object({
    kind: v.literal('failed'),
    messageId: v.string(),
    code: ErrorCodeSchema,
    response: v.optional(v.string()),
  }),
  /** Its sender called it off before it was sent. */
  v.object({ kind: v.literal('cancelled'), messageId: v.string() }),
  /** Its `notAfter` passed before it could be sent. */
  v.object({ kind: v.literal('expired'), messageId: v.string(), notAfter: v.number() }),
  /** Not sent, because `code` says so: `ANSWERS_STOPPED`, three automatic answers went to its thread within an hour. */
  v.object({ kind: v.literal('suppressed'), messageId: v.string(), code: ErrorCodeSchema, until: v.number() }),
]);

/** How far a message is, in the Messages table. */
export const MessageStateSchema = v.picklist([
  'waiting',
  'claimed',
  'transmitting',
  'unknown',
  'sent',
  'partial',
  'failed',
  'expired',
  'cancelled',
  'suppressed',
]);

/** One of the recipients that the server refused while it took the message for the others. */
export type Rejection = v.InferOutput<typeof RejectionSchema>;

/** An end that never changes again: sent to all, to some, or to nobody with the reason; or no longer worth sending. */
export type FinalOutcome = v.InferOutput<typeof FinalOutcomeSchema>;

export const SendOutcomeSchema = v.variant('kind', [
  ...FinalOutcomeSchema.options,
  /** The same request was settled before; nothing was sent now. */
  v.object({ kind: v.literal('replayed'), messageId: v.string(), saved: FinalOutcomeSchema }),
  /** Not sent yet: it waits in the Messages table, or someone else is sending it now, and is looked at again at `dueAt`. */
  v.object({ kind: v.literal('queued'), messageId: v.string(), dueAt: v.number(), code: v.optional(ErrorCodeSchema) }),
  /** Its mailbox is on hold, for the reason that `code` names: it waits for that to end. */
  v.object({ kind: v.literal('held'), messageId: v.string(), dueAt: v.number(), code: ErrorCodeSchema }),
  /** It waits for its `sendAt`. */
  v.object({ kind: v.literal('scheduled'), messageId: v.string(), dueAt: v.number() }),
  /**
   * The connection ended after the whole message was written and before the reply: it may or may not have been sent. Its copy
   * is looked for until `dueAt`; without that it has been reported, and a person decides.
   */
  v.object({ kind: v.literal('unknown'), messageId: v.string(), since: v.number(), dueAt: v.optional(v.number()) }),
]);

/** What an invocation of send-mail answers. Times are milliseconds since 1970. */
export type SendOutcome = v.InferOutput<typeof SendOutcomeSchema>;

/** @throws MailError RECORD_MALFORMED naming the field */
export function parseFinalOutcome(stored: unknown): FinalOutcome {
  return parse(FinalOutcomeSchema, stored, 'RECORD_MALFORMED', 'outcome in the Messages table');
}

/** @throws MailError EVENT_INVALID naming the field: sender and receiver are of different versions */
export function parseSendOutcome(answer: unknown): SendOutcome {
  return parse(SendOutcomeSchema, answer, 'EVENT_INVALID', 'answer of send-mail');
}
