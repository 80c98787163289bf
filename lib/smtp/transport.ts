// SMTP to Gmail by nodemailer's connection: TLS verified and required, XOAUTH2 only, every wait under the deadline,
// and after a lost connection a clear word on whether the whole message had been written.
import { Readable } from 'node:stream';
import SMTPConnection, {
  type SMTPConnectionCustomAuthContext,
  type SMTPConnectionCustomAuthHandler,
} from 'nodemailer/lib/smtp-connection';
import type { EmailAddress } from '../core/address.ts';
import { MailError } from '../core/errors.ts';
import type { ComposedMail, SmtpSession, Transmission, Transport } from '../core/sending-ports.ts';
import { classifyReply } from '../core/smtp-reply.ts';
import type { Deadline } from '../core/time.ts';
import type { AccessToken } from '../core/token.ts';
import { type Authentication, authenticationHandler } from './authentication.ts';
import { readAcceptance, readSmtpError, toMailError } from './smtp-errors.ts';

export interface SmtpEndpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls';
}

/** No healthy server needs as long for a TCP connection, a TLS handshake or a greeting. */
const CONNECT_MS = 10_000;

export function createTransport(endpoint: SmtpEndpoint): Transport {
  return { connect: (deadline) => new NodemailerSession(endpoint, deadline) };
}

class NodemailerSession implements SmtpSession {
  readonly #connection: SMTPConnection;
  #deadline: Deadline;
  readonly #ready: Promise<void>;
  #authentication: Authentication | undefined;
  #loginFailure: unknown;
  #isEnded = false;
  #hasOpenTransaction = false;

  constructor(endpoint: SmtpEndpoint, deadline: Deadline) {
    this.#deadline = deadline;
    this.#connection = createConnection(endpoint, deadline, (context) => this.#answer(context));
    this.#connection.on('error', () => this.#end());
    this.#connection.once('end', () => this.#end());
    this.#ready = this.#within((done) => this.#connection.connect(done)).then(() => undefined);
    // Whoever needs the connection awaits ready(); until then a failure is no unhandled rejection.
    this.#ready.catch(() => this.close());
  }

  get isOpen(): boolean {
    return !this.#isEnded;
  }

  async authenticate(user: EmailAddress, token: AccessToken, replace: () => Promise<AccessToken>): Promise<void> {
    this.#authentication = { user, token, replace };
    try {
      await this.#ready;
      await this.#within((done) => this.#connection.login({ method: authenticationHandler.method }, done));
    } catch (error) {
      throw toMailError(this.#loginFailure ?? error);
    }
  }

  async transmit(mail: ComposedMail, firstReplyMs?: number): Promise<Transmission> {
    let isBegun = false;
    const silence = firstReplyMs === undefined ? undefined : setTimeout(() => this.close(), firstReplyMs);
    const body = Readable.from(
      // It is read when the server has answered DATA, and MAIL and RCPT before it.
      watched(mail.open(), () => {
        isBegun = true;
        clearTimeout(silence);
      }),
      { objectMode: false },
    );
    let isWritten = false;
    // The final dot follows the last byte of the body: from here on the server may have the whole message.
    body.once('end', () => {
      isWritten = true;
    });
    // Whoever pipes it into the connection does not hear of this.
    body.once('error', () => this.close());
    try {
      if (this.#hasOpenTransaction) await this.#reset();
      this.#hasOpenTransaction = true;
      const envelope = { from: mail.envelope.from, to: [...mail.envelope.to] };
      const info = await this.#within((done) => this.#connection.send(envelope, body, done));
      this.#hasOpenTransaction = false;
      return readAcceptance(info);
    } catch (error) {
      // Within a body no command can follow: the server would take it for a line of the mail.
      if (isBegun && !isWritten) this.close();
      return failedTransmission(error, isWritten);
    } finally {
      clearTimeout(silence);
      body.destroy();
    }
  }

  renew(deadline: Deadline): void {
    this.#deadline = deadline;
  }

  /** What the server says of RSET is not about the next message. */
  async #reset(): Promise<void> {
    try {
      await this.#within((done) => this.#connection.reset(done));
    } catch (error) {
      this.close();
      throw new MailError('SMTP_UNREACHABLE', 'the SMTP server would not end the transaction before', { cause: error });
    }
  }

  close(): void {
    this.#end();
    this.#connection.close();
  }

  #end(): void {
    this.#isEnded = true;
  }

  /** nodemailer rewrites code and message of whatever its handlers throw, so the true failure is kept here. */
  async #answer(context: SMTPConnectionCustomAuthContext): Promise<void> {
    try {
      await authenticationHandler.run(context, this.#authentication);
    } catch (error) {
      this.#loginFailure = error;
      throw new Error('login failed');
    }
  }

  /** Settles with the callback, or rejects when the connection errs or ends or the deadline passes, whichever is first. */
  #within<T>(start: (done: (error?: Error | null, result?: T) => void) => void): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const { signal } = this.#deadline;
      const settle = (act: () => void): void => {
        signal.removeEventListener('abort', onDeadline);
        this.#connection.removeListener('error', fail).removeListener('end', onEnd);
        act();
      };
      const fail = (error: Error): void => settle(() => reject(error));
      // A 421 ends the connection first and is reported by the callback second: the reply says more.
      const onEnd = (): void => {
        setImmediate(() => fail(new MailError('SMTP_UNREACHABLE', 'the SMTP server closed the connection')));
      };
      const onDeadline = (): void => {
        fail(new MailError('DEADLINE_EXCEEDED', 'the invocation has no time left for the SMTP server to answer'));
        this.close();
      };
      if (signal.aborted) return onDeadline();
      signal.addEventListener('abort', onDeadline);
      this.#connection.once('error', fail).once('end', onEnd);
      start((error, result) => (error ? fail(error) : settle(() => resolve(result))));
    });
  }
}

function createConnection(
  endpoint: SmtpEndpoint,
  deadline: Deadline,
  answer: SMTPConnectionCustomAuthHandler,
): SMTPConnection {
  const wait = Math.max(1, Math.min(CONNECT_MS, deadline.remainingMs()));
  return new SMTPConnection({
    host: endpoint.host,
    port: endpoint.port,
    secure: endpoint.tls === 'implicit',
    requireTLS: endpoint.tls === 'starttls',
    // In Lambda the default is a link-local literal of the sandbox.
    name: '[127.0.0.1]',
    connectionTimeout: wait,
    greetingTimeout: wait,
    dnsTimeout: wait,
    socketTimeout: Math.max(1, deadline.remainingMs()),
    socketCloseTimeout: 1_000,
    tls: { minVersion: 'TLSv1.2' },
    customAuth: { [authenticationHandler.method]: answer },
  });
}

async function* watched(source: ReturnType<ComposedMail['open']>, begin: () => void) {
  begin();
  yield* source;
}

function failedTransmission(error: unknown, isWritten: boolean): Transmission {
  const { response, reply } = readSmtpError(error);
  if (reply !== undefined) return { kind: 'refused', code: classifyReply(reply), response: reply };
  if (isWritten) return { kind: 'unknown' };
  const refusal = { kind: 'refused', code: toMailError(error).code } as const;
  return response === undefined ? refusal : { ...refusal, response };
}
