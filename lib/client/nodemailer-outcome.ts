// How a send ended, in the words that callers of nodemailer know.
import type { SentMessageInfo } from 'nodemailer/lib/mailer';
import type { FinalOutcome, SendOutcome } from '../core/outcome.ts';
import type { Envelope } from './nodemailer-mail.ts';

/** `accepted`: what Mailroom sent or will send; `rejected`: what the server refused. */
export interface MailroomSentInfo extends SentMessageInfo {
  readonly outcome: SendOutcome;
  readonly idempotencyKey: string;
  readonly accepted: string[];
  readonly rejected: string[];
  readonly rejectedErrors: readonly MailroomSendError[];
  /** Gmail's answer; of a mail that waits Mailroom's own, as a relay's: `250 2.0.0 Mailroom: queued`. */
  readonly response: string;
}

/** As nodemailer's errors: `code` EENVELOPE where recipients were refused, else EMESSAGE. */
export class MailroomSendError extends Error {
  override readonly name = 'MailroomSendError';
  readonly code: 'EENVELOPE' | 'EMESSAGE';
  /** Mailroom's own, such as `RECIPIENT_REFUSED`: docs/troubleshooting.md. */
  readonly mailroomCode: string;
  readonly response: string | undefined;
  /** The server's three digits. */
  readonly responseCode: number | undefined;
  readonly recipient: string | undefined;
  readonly messageId: string | undefined;

  constructor(
    mailroomCode: string,
    options: { response?: string | undefined; recipient?: string; messageId?: string },
  ) {
    super(`the mail was not sent: ${mailroomCode}`);
    this.mailroomCode = mailroomCode;
    this.code = mailroomCode.startsWith('RECIPIENT') ? 'EENVELOPE' : 'EMESSAGE';
    this.response = options.response;
    this.responseCode = /^\d{3}/.test(options.response ?? '') ? Number(options.response?.slice(0, 3)) : undefined;
    this.recipient = options.recipient;
    this.messageId = options.messageId;
  }
}

/** @throws MailroomSendError where nobody got it and nobody will */
export function readOutcome(answer: SendOutcome & { idempotencyKey: string }, envelope: Envelope): MailroomSentInfo {
  const { idempotencyKey, ...outcome } = answer;
  const end = outcome.kind === 'replayed' ? outcome.saved : outcome;
  const refused = refusalOf(end);
  if (refused !== undefined) throw refused;
  const rejections = end.kind === 'partial' ? end.rejected : [];
  const rejected = rejections.map(({ address }) => address);
  return {
    envelope: { from: envelope.from, to: [...envelope.to] },
    messageId: outcome.messageId,
    accepted: envelope.to.filter((address) => !rejected.includes(address)),
    rejected,
    rejectedErrors: rejections.map(
      ({ address, code, response }) => new MailroomSendError(code, { response, recipient: address }),
    ),
    response: responseOf(end),
    outcome,
    idempotencyKey,
  };
}

/** Callers print it, and look for the 250 in it: it is there for each mail that they need do nothing more about. */
function responseOf(end: Exclude<SendOutcome, { kind: 'replayed' }> | FinalOutcome): string {
  return 'response' in end && end.response !== undefined ? end.response : `250 2.0.0 Mailroom: ${end.kind}`;
}

function refusalOf(end: Exclude<SendOutcome, { kind: 'replayed' }> | FinalOutcome): MailroomSendError | undefined {
  const { messageId } = end;
  switch (end.kind) {
    case 'failed':
      return new MailroomSendError(end.code, { response: end.response, messageId });
    case 'suppressed':
      return new MailroomSendError(end.code, { messageId });
    case 'expired':
    case 'cancelled':
      return new MailroomSendError(end.kind.toUpperCase(), { messageId });
    case 'sent':
    case 'partial':
    case 'queued':
    case 'scheduled':
    case 'held':
    case 'unknown':
      return undefined;
    default:
      return end satisfies never;
  }
}
