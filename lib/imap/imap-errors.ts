// imapflow's errors in Mailroom's words. The cause is not kept: imapflow puts the server's text on its errors, which may
// name the address.
import * as v from 'valibot';
import { type ErrorCode, MailError } from '../core/errors.ts';

const text = v.optional(v.fallback(v.string(), ''), '');

const ImapErrorSchema = v.object({
  code: v.optional(v.string()),
  authenticationFailed: v.optional(v.boolean()),
  serverResponseCode: text,
  responseStatus: v.optional(v.string()),
  responseText: text,
  /** The text of a BYE. */
  reason: text,
  /** The server's text after a refused AUTHENTICATE, the parsed line after any other command. */
  response: v.optional(v.unknown()),
});

const ResponseLineSchema = v.object({
  attributes: v.pipe(v.array(v.unknown()), v.minLength(1)),
});
const ResponseCodeSchema = v.object({ section: v.array(v.object({ value: v.string() })) });

/** Gmail tells these apart by their words only: an [ALERT] about connections comes as an answer to AUTHENTICATE, too. */
const TROUBLES: readonly (readonly [RegExp, ErrorCode, string])[] = [
  // By its owner or by an administrator (https://support.google.com/a/answer/10547014); the words are those people quote.
  [
    /not enabled for IMAP|IMAP access is disabled/i,
    'READING_DISABLED',
    'IMAP is switched off for the mailbox, in its own settings or by an administrator of its domain',
  ],
  [
    /too many simultaneous/i,
    'CONNECTIONS_EXHAUSTED',
    'all connections that Gmail allows to this mailbox (15) are in use: close other mail clients or programs that read it',
  ],
  [
    /OVERQUOTA|bandwidth limit/i,
    'BANDWIDTH_EXCEEDED',
    'the mailbox has read more in a day than Gmail allows (2,500 MB by IMAP): reading goes on by itself later',
  ],
  [/THROTTLED|too many (?:login|request|command)/i, 'MAILBOX_THROTTLED', 'the IMAP server asks to slow down'],
  [
    /session expired|(?:log ?in|authenticate) again/i,
    'SESSION_EXPIRED',
    'the IMAP server ended a session that was too old',
  ],
];

export function translate(error: unknown): MailError {
  if (error instanceof MailError) return error;
  const parsed = v.safeParse(ImapErrorSchema, error);
  if (!parsed.success) return unreachable('unknown');
  const { code = 'unknown', authenticationFailed, responseStatus, serverResponseCode, ...said } = parsed.output;
  const responseCode = serverResponseCode || responseCodeIn(said.response);
  const spoken = typeof said.response === 'string' ? said.response : '';
  const words = [code, responseCode, said.responseText, said.reason, spoken].join(' ');
  const trouble = TROUBLES.find(([pattern]) => pattern.test(words));
  if (trouble !== undefined) return new MailError(trouble[1], trouble[2]);
  if (authenticationFailed === true && responseCode !== 'ALERT') {
    return new MailError('AUTHENTICATION_REFUSED', 'the IMAP server refused the access token');
  }
  if (responseStatus === undefined && authenticationFailed !== true) return unreachable(code);
  const status = [responseStatus, responseCode].filter(Boolean).join(' ');
  return new MailError('IMAP_REFUSED', `the IMAP server refused a command (${status})`);
}

function unreachable(code: string): MailError {
  return new MailError('IMAP_UNREACHABLE', `the connection to the IMAP server failed (${code})`, { details: { code } });
}

/** `OVERQUOTA` of `NO [OVERQUOTA] …`. */
function responseCodeIn(response: unknown): string {
  const line = v.safeParse(ResponseLineSchema, response);
  const code = line.success ? v.safeParse(ResponseCodeSchema, line.output.attributes[0]) : undefined;
  return code?.success ? (code.output.section[0]?.value ?? '') : '';
}
