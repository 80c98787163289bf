// SMTP to Gmail by nodemailer's connection: TLS verified and required, XOAUTH2 only, every wait under the deadline,
// and after a lost connection a clear word on whether the whole message had been written.
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection';
import type { EmailAddress } from '../core/address.ts';
import { MailError } from '../core/errors.ts';
import type { ComposedMail, SmtpSession, Transmission, Transport } from '../core/sending-ports.ts';
import { classifyReply } from '../core/smtp-reply.ts';
import type { Deadline } from '../core/time.ts';
import type { AccessToken } from '../core/token.ts';
import { type Authentication, authenticationHandler } from './authentication.ts';
import { createConnection, openSocket, readSocketError, type SmtpEndpoint } from './connection.ts';
import { readAcceptance, readSmtpError, toMailError } from './smtp-errors.ts';

export function createTransport(endpoint: SmtpEndpoint): Transport {
  return { connect: (deadline) => new NodemailerSession(endpoint, deadline) };
}

class NodemailerSession implements SmtpSession {
  readonly #endpoint: SmtpEndpoint;
  readonly #socket: Socket;
  #deadline: Deadline;
  #connection: SMTPConnection | undefined;
  #ready: Promise<SMTPConnection> | undefined;
  #socketFailure: MailError | undefined;
  #authentication: Authentication | undefined;
  #loginFailure: unknown;
  #isEnded = false;
  #hasOpenTransaction = false;

  /** Only the socket is opened: the first command waits until it is known that one may follow. */
  constructor(endpoint: SmtpEndpoint, deadline: Deadline) {
    this.#endpoint = endpoint;
    this.#deadline = deadline;
    this.#socket = openSocket(endpoint);
    this.#socket.on('error', (error) => {
      // At once: nodemailer rewrites the code of what it hears of.
      this.#socketFailure ??= readSocketError(error);
      this.#isEnded = true;
    });
    this.#socket.once('close', () => {
      this.#isEnded = true;
    });
  }

  get isOpen(): boolean {
    return !this.#isEnded;
  }

  async authenticate(user: EmailAddress, token: AccessToken, replace: () => Promise<AccessToken>): Promise<void> {
    this.#authentication = { user, token, replace };
    try {
      const connection = await this.#begun();
      await this.#within(connection, (done) => connection.login({ method: authenticationHandler.method }, done));
    } catch (error) {
      throw toMailError(this.#loginFailure ?? error);
    }
  }

  begin(): void {
    // Whoever logs in hears of a failure.
    this.#begun().catch(() => undefined);
  }

  #begun(): Promise<SMTPConnection> {
    this.#ready ??= this.#greet();
    return this.#ready;
  }

  /** The greeting, EHLO, and STARTTLS on the port for it. */
  async #greet(): Promise<SMTPConnection> {
    if (this.#socketFailure !== undefined) throw this.#socketFailure;
    const answer = (context: SMTPConnectionCustomAuthContext): Promise<void> => this.#answer(context);
    const connection = createConnection(this.#endpoint, this.#socket, this.#deadline, answer);
    this.#connection = connection;
    connection.on('error', () => this.#end());
    connection.once('end', () => this.#end());
    try {
      await this.#within(connection, (done) => connection.connect(done));
    } catch (error) {
      this.close();
      throw this.#socketFailure ?? error;
    }
    return connection;
  }

  async transmit(mail: ComposedMail, firstReplyMs?: number): Promise<Transmission> {
    const connection = this.#connection;
    if (connection === undefined) throw new Error('transmit needs a session that is authenticated');
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
      if (this.#hasOpenTransaction) await this.#reset(connection);
      this.#hasOpenTransaction = true;
      const envelope = { from: mail.envelope.from, to: [...mail.envelope.to] };
      const info = await this.#within(connection, (done) => connection.send(envelope, body, done));
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
  async #reset(connection: SMTPConnection): Promise<void> {
    try {
      await this.#within(connection, (done) => connection.reset(done));
    } catch (error) {
      this.close();
      throw new MailError('SMTP_UNREACHABLE', 'the SMTP server would not end the transaction before', { cause: error });
    }
  }

  close(): void {
    this.#end();
    if (this.#connection === undefined) this.#socket.destroy();
    else this.#connection.close();
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
  #within<T>(
    connection: SMTPConnection,
    start: (done: (error?: Error | null, result?: T) => void) => void,
  ): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const { signal } = this.#deadline;
      const settle = (act: () => void): void => {
        signal.removeEventListener('abort', onDeadline);
        connection.removeListener('error', fail).removeListener('end', onEnd);
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
      connection.once('error', fail).once('end', onEnd);
      start((error, result) => (error ? fail(error) : settle(() => resolve(result))));
    });
  }
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
