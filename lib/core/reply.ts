// What a consumer of the replies queue receives: the answer, and beside it the context that the sender gave.
import * as v from 'valibot';
import { EmailAddressSchema } from './address.ts';
import { MailboxIdSchema } from './mailbox.ts';
import { parseJson } from './parse.ts';

/** As the mail says, so it may be anything; only `answers.to` holds addresses that were validated. */
export const CorrespondentSchema = v.object({ name: v.optional(v.string()), address: v.string() });

const VerdictSchema = v.union([v.boolean(), v.literal('unknown')]);

const BounceSchema = v.object({
  recipients: v.array(
    v.object({
      address: v.string(),
      /** RFC 3464 section 2.3.3. */
      action: v.picklist(['failed', 'delayed', 'delivered', 'relayed', 'expanded']),
      /** Enhanced status code (RFC 3463), such as `5.1.1`; null where the notification gives none. */
      status: v.nullable(v.string()),
      /** What the refusing server said. */
      diagnostic: v.nullable(v.string()),
      /** `hard`: this address will not take mail. `soft`: it may later. `limit`: the mailbox may not send, nothing is wrong with the address. */
      type: v.picklist(['hard', 'soft', 'limit']),
      /** Whether the message that bounced went to this address. */
      wasRecipient: v.boolean(),
      /** Whether the notification is proven to come from Gmail itself or from a mail server of the domain of this address. */
      isTrusted: v.boolean(),
    }),
  ),
});

/** iTIP REPLY, RFC 5546 section 3.2.3. */
const CalendarSchema = v.object({
  uid: v.string(),
  status: v.picklist(['accepted', 'declined', 'tentative', 'other']),
  attendee: v.nullable(v.string()),
});

export const ReplyEventSchema = v.object({
  version: v.literal(1, 'must be 1: this consumer knows version 1 only, update mailroom'),
  /**
   * Bounces and automatic answers are kinds of their own, so that no robot is taken for a customer. `answered-by-hand`:
   * someone answered from the mailbox itself, in a mail client.
   */
  kind: v.picklist(['reply', 'auto-reply', 'bounce', 'answered-by-hand']),
  /** Stable over redeliveries: what was handled once can be recognised by it. */
  id: v.string(),
  mailbox: MailboxIdSchema,
  /** Milliseconds since 1970: when Gmail received it (INTERNALDATE). */
  receivedAt: v.number(),
  /** As the mail says, so it may be anything; `sender` says what is proven of it. */
  from: v.nullable(CorrespondentSchema),
  /** Where the sender wants answers to go (Reply-To); absent where that is `from`. No result authenticates it. */
  replyTo: v.optional(v.array(CorrespondentSchema)),
  to: v.array(CorrespondentSchema),
  cc: v.array(CorrespondentSchema),
  subject: v.string(),
  /** The new text: without quoted text and signature. */
  text: v.string(),
  /** The whole text, where it differs from `text`. */
  fullText: v.optional(v.string()),
  html: v.optional(v.string()),
  /** True where texts or long lists were cut to fit a queue message; `raw` has all of it. */
  truncated: v.boolean(),
  /** `bytes` is decoded; of a mail above 512 KiB it is an estimate, a line too long or short. */
  attachments: v.array(
    v.object({
      filename: v.nullable(v.string()),
      contentType: v.string(),
      bytes: v.number(),
      /** Where it lies, decoded, in the bucket of `raw`; like that, it may be pending. Beyond 100 they are in `raw` only. */
      key: v.optional(v.string()),
    }),
  ),
  /**
   * Where the mail lies as it came, byte for byte. Of a large mail it is stored after the event has left: where `pending`
   * is true the object may be missing for some seconds yet.
   */
  raw: v.object({ bucket: v.string(), key: v.string(), pending: v.optional(v.boolean()) }),
  /** The message that it answers. Of one older than 400 days only the Message-ID is left. */
  answers: v.object({
    messageId: v.string(),
    /** What the sender gave with the message; null where none was given. */
    context: v.unknown(),
    sentAt: v.nullable(v.number()),
    to: v.array(EmailAddressSchema),
  }),
  /** `delivery-status`: the mail that a bounce gives back. `thread`: a Gmail thread with exactly one of our messages. */
  matchedBy: v.picklist(['in-reply-to', 'references', 'delivery-status', 'thread']),
  /** Of a bounce: which recipients it is about. */
  bounce: v.optional(BounceSchema),
  /** What an invitation was answered with. */
  calendar: v.optional(CalendarSchema),
  /** Whether Gmail filed it in Spam. */
  isSpam: v.optional(v.boolean(), false),
  sender: v.object({
    /** Whether the From address is proven; an unproven one may be anybody who knows a Message-ID. */
    authenticated: VerdictSchema,
    /** Whether the From address is one of those the message went to. */
    wasRecipient: v.boolean(),
    dmarc: VerdictSchema,
    spf: VerdictSchema,
    dkim: VerdictSchema,
  }),
  /** Gmail's thread (X-GM-THRID), or the first Message-ID of the conversation. */
  thread: v.string(),
  /** There where automatic answers to this thread have been stopped, and why; in milliseconds since 1970. */
  automaticAnswers: v.optional(v.object({ stoppedUntil: v.number(), reason: v.string() })),
  /** Pass it back as `inReplyTo` to answer in the thread, from the same mailbox. */
  handle: v.string(),
});

export type ReplyEvent = v.InferOutput<typeof ReplyEventSchema>;
export type Correspondent = v.InferOutput<typeof CorrespondentSchema>;

/**
 * @param json the body of a message of the replies queue
 * @throws MailError EVENT_INVALID naming the field
 */
export function parseReplyEvent(json: string): ReplyEvent {
  return parseJson(ReplyEventSchema, json, 'EVENT_INVALID', 'reply event');
}
