// Every way in which Mailroom refuses or fails, as one error type with a literal code.
// The table below is the single place that says what is done about each code; nobody decides by message text.

/** What is done about an error: the sender must act, the message is tried again, or its mailbox needs time or a person. */
export type Disposition = 'refuse' | 'retry' | 'wait-for-mailbox' | 'operator';

/**
 * - `refuse`: final for this request; the same request will fail again.
 * - `retry`: the message waits with backoff and is tried again.
 * - `wait-for-mailbox`: nothing is wrong with the message; its mailbox cannot send now, so the message waits.
 * - `operator`: Mailroom or the mailbox is set up wrongly; the message is put aside until someone mends it and redrives.
 */
const DISPOSITIONS = {
  REQUEST_INVALID: 'refuse',
  REQUEST_MISSING: 'refuse',
  IDEMPOTENCY_MISMATCH: 'refuse',
  MESSAGE_TOO_LARGE: 'refuse',
  MAILBOX_UNKNOWN: 'refuse',
  RECIPIENT_REFUSED: 'refuse',
  POLICY_REFUSED: 'refuse',
  PROTOCOL_REFUSED: 'refuse',
  RETRIES_EXHAUSTED: 'refuse',
  EVENT_INVALID: 'refuse',
  ANSWER_REFUSED: 'refuse',
  ANSWERS_STOPPED: 'refuse',
  REPLY_UNREADABLE: 'refuse',
  RAW_MISSING: 'retry',
  RECIPIENT_BUSY: 'retry',
  SERVER_BUSY: 'retry',
  SMTP_UNREACHABLE: 'retry',
  IMAP_UNREACHABLE: 'retry',
  IMAP_REFUSED: 'retry',
  SESSION_EXPIRED: 'retry',
  POP3_UNREACHABLE: 'retry',
  POP3_REFUSED: 'retry',
  DEADLINE_EXCEEDED: 'retry',
  LEASE_LOST: 'retry',
  SEND_INTERRUPTED: 'retry',
  MAILBOX_BUSY: 'retry',
  MAILBOX_THROTTLED: 'wait-for-mailbox',
  CONNECTIONS_EXHAUSTED: 'wait-for-mailbox',
  BANDWIDTH_EXCEEDED: 'wait-for-mailbox',
  QUOTA_EXCEEDED: 'wait-for-mailbox',
  HELD_BY_OPERATOR: 'wait-for-mailbox',
  AUTHENTICATION_REFUSED: 'wait-for-mailbox',
  READING_DISABLED: 'wait-for-mailbox',
  CONNECTION_INSECURE: 'wait-for-mailbox',
  TOKEN_UNAVAILABLE: 'wait-for-mailbox',
  GRANT_DEAD: 'wait-for-mailbox',
  GRANT_BLOCKED_BY_POLICY: 'wait-for-mailbox',
  OAUTH_CLIENT_REFUSED: 'wait-for-mailbox',
  OAUTH_THROTTLED: 'wait-for-mailbox',
  OAUTH_UNREACHABLE: 'wait-for-mailbox',
  OAUTH_REFUSED: 'wait-for-mailbox',
  SEND_UNCERTAIN: 'operator',
  SECRET_MISSING: 'operator',
  SECRET_MALFORMED: 'operator',
  MAILBOX_MALFORMED: 'operator',
  RECORD_MALFORMED: 'operator',
  ENVIRONMENT_INVALID: 'operator',
} as const satisfies Record<string, Disposition>;

export type ErrorCode = keyof typeof DISPOSITIONS;

/** Facts that help to act on an error. Never a secret, a body or an address. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/**
 * The one error of Mailroom. `name` equals `code`, so that a Lambda invocation reports the code as its `errorType`.
 * `message` says what happened, what was expected and what to do.
 */
export class MailError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(toAscii(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/**
 * Lambda's runtime client repeats the text of an error in an HTTP header, and ends the process where that cannot hold it:
 * a field of a strange name would then look like a crash.
 */
function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export const ERROR_CODES: readonly ErrorCode[] = Object.keys(DISPOSITIONS).filter(isErrorCode);

export function dispositionOf(code: ErrorCode): Disposition {
  return DISPOSITIONS[code];
}

export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(DISPOSITIONS, text);
}

/** The code to record for anything thrown; what is not a MailError is a fault of Mailroom and has none. */
export function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof MailError ? error.code : undefined;
}
