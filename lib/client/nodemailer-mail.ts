// A mail as nodemailer hands it to a transport → what Mailroom is asked to send.
import type { MailMessage, MailMessageData, SentMessageInfo } from 'nodemailer/lib/mailer';
import * as v from 'valibot';
import type { Mail } from './mailroom.ts';
import { copyAttachments, readAttachment } from './nodemailer-attachment.ts';
import { refuseWhatWouldBeLost } from './nodemailer-fields.ts';
import { refusal } from './nodemailer-refusal.ts';

/** What nodemailer has no field for. */
export type MailroomFields = Pick<Mail, 'idempotencyKey' | 'context' | 'sendAt' | 'notAfter' | 'automatic'>;

export interface Envelope {
  readonly from: string | false;
  readonly to: readonly string[];
}

export interface ReadMail {
  readonly request: Mail;
  readonly envelope: Envelope;
}

const PRIORITIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  high: { 'X-Priority': '1 (Highest)', 'X-MSMail-Priority': 'High', Importance: 'High' },
  low: { 'X-Priority': '5 (Lowest)', 'X-MSMail-Priority': 'Low', Importance: 'Low' },
};

/** @throws MailError REQUEST_INVALID naming the field */
export async function readMail<T extends SentMessageInfo>(mail: MailMessage<T>): Promise<ReadMail> {
  const given: Readonly<Record<string, unknown>> = { ...mail.data };
  refuseWhatWouldBeLost(given);
  const attachments = copyAttachments(mail.data.attachments);
  mail.data.attachments = attachments.map((attachment) => ({ ...attachment }));
  const data = await normalised(mail);
  const { to, cc, bcc, replyTo } = data;
  const sender = addressesIn(data.from)[0];
  const { from, to: recipients } = mail.message.getEnvelope();
  const request = {
    to: addressesIn(to),
    cc: addressesIn(cc),
    bcc: addressesIn(bcc),
    replyTo: addressesIn(replyTo),
    ...(sender && { from: sender }),
    subject: data.subject ?? '',
    ...bodiesOf(data),
    headers: { ...PRIORITIES[String(data.priority).toLowerCase()], ...headersIn(given.headers) },
    attachments: (data.attachments ?? []).map((resolved, i) => readAttachment(resolved, attachments[i], i)),
    ...(typeof data.inReplyTo === 'string' && { inReplyTo: data.inReplyTo }),
    ...readFields(given.mailroom),
  };
  return { request, envelope: { from, to: recipients } };
}

function normalised<T extends SentMessageInfo>(mail: MailMessage<T>): Promise<MailMessageData> {
  return new Promise((resolve, reject) => {
    mail.normalize((error, data) => (error ? reject(error) : resolve(data)));
  });
}

const AddressesSchema = v.lazy(() => v.array(v.union([GroupSchema, AddressSchema])));
const AddressSchema = v.object({ name: v.optional(v.string(), ''), address: v.string() });
const GroupSchema = v.object({ name: v.string(), group: v.array(AddressSchema) });

/** Of a group (RFC 5322 section 3.4) its members. */
function addressesIn(value: unknown): { name?: string; address: string }[] {
  if (value === undefined || value === null) return [];
  return v
    .parse(AddressesSchema, [value].flat())
    .flatMap((entry) => ('group' in entry ? entry.group : [entry]))
    .map(({ name, address }) => (name === '' ? { address } : { name, address }));
}

/** nodemailer sends a mail without a text; so does Mailroom, if it is said. */
function bodiesOf({ text, html }: MailMessageData): { text?: string; html?: string } {
  const bodies = { ...(text && { text: bodyOf('text', text) }), ...(html && { html: bodyOf('html', html) }) };
  return Object.keys(bodies).length === 0 ? { text: '' } : bodies;
}

/** What nodemailer could not read into a string is MIME of the caller's own. */
function bodyOf(field: string, body: unknown): string {
  if (typeof body === 'string') return body;
  throw refusal(`${field}.raw`);
}

const HeadersSchema = v.union([
  v.array(v.object({ key: v.string(), value: v.unknown() })),
  v.pipe(
    v.record(v.string(), v.unknown()),
    v.transform((record) => Object.entries(record).map(([key, value]) => ({ key, value }))),
  ),
]);
const TextSchema = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const ValueSchema = v.union([
  TextSchema,
  v.pipe(
    v.object({ value: TextSchema }),
    v.transform(({ value }) => value),
  ),
]);

function headersIn(given: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { key, value } of v.parse(HeadersSchema, given ?? {})) {
    const parsed = v.safeParse(ValueSchema, value);
    if (!parsed.success || key in headers) throw refusal(`headers.${key}`, 'has more than one value');
    headers[key] = parsed.output;
  }
  return headers;
}

const FieldsSchema = v.strictObject({
  idempotencyKey: v.optional(v.string()),
  context: v.optional(v.unknown()),
  sendAt: v.optional(v.number()),
  notAfter: v.optional(v.number()),
  automatic: v.optional(v.boolean()),
});

function readFields(given: unknown): MailroomFields {
  if (given === undefined) return {};
  const parsed = v.safeParse(FieldsSchema, given);
  if (!parsed.success)
    throw refusal(`mailroom.${v.getDotPath(parsed.issues[0]) ?? ''}`, 'is not a field that there is');
  const entries = Object.entries(parsed.output).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}
