// A message that a service asks us to send: its contract, its validation, and the identity it keeps for good.
// Whatever leaves here is safe to write into headers and SMTP commands.
import * as v from 'valibot';
import { type Address, AddressSchema, EmailAddressSchema, LongHeaderTextSchema, NameSchema } from './address.ts';
import { AttachmentSchema } from './attachment.ts';
import { MailError } from './errors.ts';
import { HeadersSchema } from './headers.ts';
import { MailboxIdSchema } from './mailbox.ts';
import { noList } from './no-list.ts';
import { parse } from './parse.ts';
import { type AnswerTo, parseAnswerTo } from './thread.ts';
import { after, type EpochMs, toEpochMs } from './time.ts';

/** What Gmail accepts on the wire: `SIZE 35882577` in its EHLO. */
const MAX_WIRE_BYTES = 35_882_577;

const MAX_RECIPIENTS = 100;
const MAX_CONTEXT_BYTES = 16 * 1024;

const ManyAddressesSchema = v.pipe(v.array(AddressSchema), v.maxLength(MAX_RECIPIENTS, 'has more than 100 addresses'));
const OneAddressSchema = v.pipe(
  AddressSchema,
  v.transform((address) => [address]),
);

/** Chosen by what was given, not tried in turn: an error then names the one address that is wrong. */
export const AddressListSchema = v.lazy<typeof ManyAddressesSchema | typeof OneAddressSchema>((given) =>
  Array.isArray(given) ? ManyAddressesSchema : OneAddressSchema,
);

const BodySchema = v.pipe(
  v.string(),
  v.check((text) => text.isWellFormed() && !text.includes('\0'), 'must not contain NUL or lone surrogates'),
);

const ContextSchema = v.pipe(
  v.unknown(),
  v.check(isJson, 'must be JSON: null, booleans, finite numbers, well-formed strings, arrays and plain objects'),
  v.check(
    (context) => Buffer.byteLength(JSON.stringify(context)) <= MAX_CONTEXT_BYTES,
    'is larger than 16 KiB as JSON',
  ),
);

const TimeSchema = v.pipe(
  v.number(),
  v.safeInteger('must be whole milliseconds since 1970'),
  v.minValue(0, 'must be whole milliseconds since 1970'),
  v.transform(toEpochMs),
);

const FromSchema = noList(v.strictObject({ name: v.optional(NameSchema), address: v.optional(EmailAddressSchema) }));

export const IdempotencyKeySchema = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/, 'must be 1 to 256 printable ASCII characters'),
);

/** What every event of send-mail has. */
export const identityEntries = {
  version: v.literal(1, 'must be 1, the one version that this Mailroom knows'),
  /** Id of a connected mailbox, such as `support`: the mail is sent from it. */
  mailbox: MailboxIdSchema,
  /** The same key and request never send twice; the same key with another request is `IDEMPOTENCY_MISMATCH`. */
  idempotencyKey: IdempotencyKeySchema,
};

export const SendRequestSchema = v.pipe(
  v.strictObject({
    ...identityEntries,
    /** `'ada@example.org'`, `{name, address}`, or a list of them; with cc and bcc at most 100. */
    to: v.optional(AddressListSchema, []),
    cc: v.optional(AddressListSchema, []),
    bcc: v.optional(AddressListSchema, []),
    /** In place of the mailbox's own; Gmail rewrites an address that is not a verified send-as address of the mailbox. */
    from: v.optional(FromSchema),
    /** Where answers are to go, in place of the mailbox. */
    replyTo: v.optional(AddressListSchema, []),
    subject: LongHeaderTextSchema,
    text: v.optional(BodySchema),
    html: v.optional(BodySchema),
    attachments: v.optional(v.array(AttachmentSchema), []),
    /** Headers of the caller's own, such as `List-Unsubscribe`. */
    headers: v.optional(HeadersSchema, {}),
    /** The `handle` of a reply event, or a Message-ID in angle brackets. */
    inReplyTo: v.optional(v.string()),
    /** Given back with every reply. */
    context: v.optional(ContextSchema),
    /** When to send it, up to a year ahead, in milliseconds since 1970. Default: now. */
    sendAt: v.optional(TimeSchema),
    /** Not worth sending later than this, in milliseconds since 1970. */
    notAfter: v.optional(TimeSchema),
    /** Written by a program in answer to a mail: says so (`Auto-Submitted`), so that no other program answers it. */
    automatic: v.optional(v.boolean(), false),
  }),
  v.forward(
    v.check((r) => recipientsOf(r).length > 0, 'names no recipient: give to, cc or bcc'),
    ['to'],
  ),
  v.forward(
    v.check((r) => recipientsOf(r).length <= MAX_RECIPIENTS, 'together with cc and bcc has more than 100 recipients'),
    ['to'],
  ),
  v.forward(
    v.check((r) => r.text !== undefined || r.html !== undefined, 'is missing, and html too: give one of them'),
    ['text'],
  ),
  v.forward(
    v.check((r) => (r.notAfter ?? Number.POSITIVE_INFINITY) > (r.sendAt ?? 0), 'must be later than sendAt'),
    ['notAfter'],
  ),
  v.forward(
    v.check(
      (r) => !r.automatic || Object.keys(r.headers).every((name) => name.toLowerCase() !== 'auto-submitted'),
      'has an Auto-Submitted, which automatic writes: leave one of them out',
    ),
    ['headers'],
  ),
);

/** What a caller hands over. Addresses are `'local@domain'` or `{name, address}`, alone or in a list. */
export type SendRequest = v.InferInput<typeof SendRequestSchema>;

/** A request that was validated, with its addresses and thread in one form. */
export interface Message extends Omit<v.InferOutput<typeof SendRequestSchema>, 'inReplyTo'> {
  readonly answerTo?: AnswerTo;
}

/**
 * Validates a request before any connection is opened.
 * @throws MailError REQUEST_INVALID with `details.field`; MESSAGE_TOO_LARGE
 */
export function parseSendRequest(input: unknown): Message {
  const { inReplyTo, ...request } = parse(SendRequestSchema, input, 'REQUEST_INVALID', 'send request');
  refuseTooLarge(request);
  return inReplyTo === undefined ? request : { ...request, answerTo: parseAnswerTo(inReplyTo, request.mailbox) };
}

/** A year, and a day for clocks that disagree. */
const MAX_AHEAD_MS = 366 * 24 * 3_600_000;

/** When a message is to be sent, where that is not now. @throws MailError REQUEST_INVALID where it is too far ahead */
export function scheduledFor({ sendAt }: Message, now: EpochMs): EpochMs | undefined {
  if (sendAt === undefined || sendAt <= now) return undefined;
  if (sendAt <= after(now, MAX_AHEAD_MS)) return sendAt;
  throw new MailError('REQUEST_INVALID', 'send request: sendAt: is more than a year ahead', {
    details: { field: 'sendAt' },
  });
}

export function recipientsOf(message: Pick<Message, 'to' | 'cc' | 'bcc'>): readonly Address[] {
  return [...message.to, ...message.cc, ...message.bcc];
}

/** The conversation that it answers in; undefined where it begins one. */
export function threadOf({ answerTo }: Message): string | undefined {
  return answerTo?.thread;
}

/** Base64 in lines of 76 (RFC 2045 section 6.8): four characters for three bytes, and CRLF after each line. */
function refuseTooLarge(message: Pick<Message, 'text' | 'html' | 'attachments'>): void {
  const bodies = [message.text, message.html].map((body) => Buffer.byteLength(body ?? ''));
  const attachments = message.attachments.map((attachment) => (attachment.content.length * 78) / 76);
  const estimate = Math.ceil([...bodies, ...attachments].reduce((sum, bytes) => sum + bytes, 0));
  if (estimate <= MAX_WIRE_BYTES) return;
  throw new MailError(
    'MESSAGE_TOO_LARGE',
    `send request: attachments: about ${estimate} bytes after encoding, Gmail accepts ${MAX_WIRE_BYTES}; send a link instead`,
    { details: { field: 'attachments', bytes: estimate, limit: MAX_WIRE_BYTES } },
  );
}

function isJson(value: unknown, depth = 0): boolean {
  if (depth > 50) return false;
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).every(([key, item]) => key.isWellFormed() && isJson(item, depth + 1));
}
