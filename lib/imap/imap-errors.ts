// imapflow's errors in Mailroom's words.
import * as v from 'valibot';
import { MailError } from '../core/errors.ts';

const ImapErrorSchema = v.object({
  code: v.optional(v.string()),
  authenticationFailed: v.optional(v.boolean()),
  serverResponseCode: v.optional(v.string()),
  responseStatus: v.optional(v.string()),
});

export function translate(error: unknown): MailError {
  if (error instanceof MailError) return error;
  const parsed = v.safeParse(ImapErrorSchema, error);
  const {
    code = 'unknown',
    authenticationFailed,
    serverResponseCode,
    responseStatus,
  } = parsed.success ? parsed.output : {};
  // The cause is not kept: imapflow puts the server's text on its errors, which names the address.
  // "[ALERT] Too many simultaneous connections" also comes as an answer to AUTHENTICATE, and is not about the token.
  if (serverResponseCode === 'ALERT') {
    return new MailError('IMAP_REFUSED', 'the IMAP server refuses further connections to this mailbox for now');
  }
  if (authenticationFailed === true) {
    return new MailError('AUTHENTICATION_REFUSED', 'the IMAP server refused the access token');
  }
  if (responseStatus !== undefined) {
    return new MailError(
      'IMAP_REFUSED',
      `the IMAP server refused a command (${responseStatus} ${serverResponseCode ?? ''})`,
    );
  }
  return new MailError('IMAP_UNREACHABLE', `the connection to the IMAP server failed (${code})`, { details: { code } });
}
