// What a POP3 server refuses, and how a connection fails, in Mailroom's words. The server's own text is never repeated:
// it may quote the address.
import { MailError } from '../core/errors.ts';

/** Response codes of RFC 2449 section 8 and RFC 3206 that say what to do. */
const REFUSALS = {
  'IN-USE': ['MAILBOX_BUSY', 'another session has the mailbox open: it is read at the next poll'],
  'LOGIN-DELAY': ['MAILBOX_THROTTLED', 'the server wants more time between two logins'],
  AUTH: ['AUTHENTICATION_REFUSED', 'the server refused the access token'],
  'SYS/TEMP': ['POP3_REFUSED', 'the server has a passing problem of its own'],
  'SYS/PERM': ['POP3_REFUSED', 'the server has a lasting problem, which a person must mend'],
} as const;

type ResponseCode = keyof typeof REFUSALS;

/** @param responseCode what stood in brackets behind -ERR */
export function refusal(command: string, responseCode: string | undefined): MailError {
  if (!isKnown(responseCode)) return new MailError('POP3_REFUSED', `the POP3 server refused ${command}`);
  const [code, why] = REFUSALS[responseCode];
  return new MailError(code, `the POP3 server refused ${command}: ${why}`, { details: { responseCode } });
}

/** Behind AUTH an answer without a code is about the token; what only a person can mend there (RFC 3206) is a setting. */
export function loginRefusal(responseCode: string | undefined): MailError {
  if (responseCode === 'SYS/PERM') {
    const why = 'POP is switched off for the mailbox, in its own settings or by an administrator of its domain';
    return new MailError('READING_DISABLED', why, { details: { responseCode } });
  }
  return refusal('the login', isKnown(responseCode) ? responseCode : 'AUTH');
}

/** Whether the refusal is about the message that was asked for, and not about the server or the mailbox. */
export function isOfMessage(responseCode: string | undefined): boolean {
  return !isKnown(responseCode);
}

export function malformed(what: string): MailError {
  return new MailError('POP3_REFUSED', `the POP3 server sent ${what}`);
}

/** Of a socket. Its errors name host and port at the most, and keep the cause. */
export function unreachable(error: unknown): MailError {
  if (error instanceof MailError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (CERTIFICATE_CODES.test(code)) {
    const message = `the certificate of the POP3 server is not trusted (${code})`;
    return new MailError('CONNECTION_INSECURE', message, { details: { code }, cause: error });
  }
  const message = `the connection to the POP3 server failed (${code})`;
  return new MailError('POP3_UNREACHABLE', message, { details: { code }, cause: error });
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes, and what fails before there is a certificate. */
const CERTIFICATE_CODES = /^ERR_(?:TLS|SSL)|CERT|SIGNATURE|CRL|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH/;

function isKnown(responseCode: string | undefined): responseCode is ResponseCode {
  return responseCode !== undefined && Object.hasOwn(REFUSALS, responseCode);
}
