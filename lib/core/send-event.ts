// What reaches send-mail: a request itself, where its JSON lies, or a word on a message that is in the table already.
import * as v from 'valibot';
import type { MailboxId } from './mailbox.ts';
import { identityEntries, type Message, parseSendRequest } from './message.ts';
import { parse } from './parse.ts';

const requestReferenceEntries = {
  requestObject: v.pipe(v.string(), v.regex(/^requests\/[\w/.-]{1,200}$/, 'must be a key under requests/')),
};
const RequestReferenceSchema = v.strictObject({ ...identityEntries, ...requestReferenceEntries });
const ResumptionSchema = v.strictObject({ ...identityEntries, resume: v.literal(true) });
const CancellationSchema = v.strictObject({ ...identityEntries, cancel: v.literal(true) });

/** A request too big for a queue or an invocation: its JSON lies in the bucket Mail. */
export type RequestReference = v.InferOutput<typeof RequestReferenceSchema>;
/** A message that is in the Messages table already and is due now. */
export type Resumption = v.InferOutput<typeof ResumptionSchema>;
/** A message that must not be sent any more. */
export type Cancellation = v.InferOutput<typeof CancellationSchema>;

export type SendEvent =
  | { readonly kind: 'request'; readonly message: Message; readonly json: string }
  | ({ readonly kind: 'reference' } & RequestReference)
  | ({ readonly kind: 'resumption' } & Resumption);

/** What send-mail is invoked with. */
export type InvokeEvent = SendEvent | ({ readonly kind: 'cancellation' } & Cancellation);

/** @throws MailError REQUEST_INVALID with `details.field`; MESSAGE_TOO_LARGE */
export function parseInvokeEvent(input: unknown): InvokeEvent {
  if (!isObject(input) || !('cancel' in input)) return parseSendEvent(input);
  return { kind: 'cancellation', ...parse(CancellationSchema, input, 'REQUEST_INVALID', 'cancellation') };
}

/**
 * What the outbox holds.
 * @throws MailError REQUEST_INVALID with `details.field`; MESSAGE_TOO_LARGE
 */
export function parseSendEvent(input: unknown): SendEvent {
  if (isObject(input) && 'requestObject' in input) {
    return { kind: 'reference', ...parse(RequestReferenceSchema, input, 'REQUEST_INVALID', 'send request') };
  }
  if (isObject(input) && 'resume' in input) {
    return { kind: 'resumption', ...parse(ResumptionSchema, input, 'REQUEST_INVALID', 'send request') };
  }
  return { kind: 'request', message: parseSendRequest(input), json: JSON.stringify(input) };
}

export function mailboxOf(event: SendEvent): MailboxId {
  return event.kind === 'request' ? event.message.mailbox : event.mailbox;
}

function isObject(input: unknown): input is object {
  return typeof input === 'object' && input !== null;
}
