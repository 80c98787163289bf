// The connection under an SMTP session, in two steps: the socket, with TLS on the port for it, is opened before anyone
// knows whether a command may follow; nodemailer speaks on it when one may. The server speaks first (RFC 5321 section 3.1),
// so until then nobody need listen.
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import SMTPConnection, { type SMTPConnectionCustomAuthHandler } from 'nodemailer/lib/smtp-connection';
import { MailError } from '../core/errors.ts';
import type { Deadline } from '../core/time.ts';
import { authenticationHandler } from './authentication.ts';

export interface SmtpEndpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls';
}

const TLS_OPTIONS = { minVersion: 'TLSv1.2' } as const;

/** No healthy server needs as long to greet, its connection and TLS handshake included. */
const CONNECT_MS = 10_000;

export function openSocket({ host, port, tls }: SmtpEndpoint): Socket {
  const address = { host, port, noDelay: true };
  if (tls === 'starttls') return connectTcp(address);
  // An address is no server name (RFC 6066 section 3).
  return connectTls({ ...address, ...TLS_OPTIONS, ...(isIP(host) === 0 && { servername: host }) });
}

export function createConnection(
  endpoint: SmtpEndpoint,
  socket: Socket,
  deadline: Deadline,
  answer: SMTPConnectionCustomAuthHandler,
): SMTPConnection {
  const wait = Math.max(1, Math.min(CONNECT_MS, deadline.remainingMs()));
  return new SMTPConnection({
    host: endpoint.host,
    port: endpoint.port,
    connection: socket,
    secure: endpoint.tls === 'implicit',
    secured: endpoint.tls === 'implicit',
    requireTLS: endpoint.tls === 'starttls',
    // In Lambda the default is a link-local literal of the sandbox.
    name: '[127.0.0.1]',
    greetingTimeout: wait,
    socketTimeout: Math.max(1, deadline.remainingMs()),
    socketCloseTimeout: 1_000,
    tls: TLS_OPTIONS,
    customAuth: { [authenticationHandler.method]: answer },
  });
}

/** Of a socket that failed before the server had greeted. */
export function readSocketError(error: Error & { readonly code?: string }): MailError {
  const { code = 'unknown' } = error;
  const isOfTls = code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || CERTIFICATE_CODES.test(code);
  return isOfTls
    ? new MailError('CONNECTION_INSECURE', `the certificate of the SMTP server is not trusted (${code})`, {
        details: { code },
        cause: error,
      })
    : new MailError('SMTP_UNREACHABLE', `no connection to the SMTP server (${code})`, {
        details: { code },
        cause: error,
      });
}

/** OpenSSL's, as Node names them: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE_CODES = /CERT|SIGNATURE|CRL|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH/;
