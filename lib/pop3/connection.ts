// The bytes of a POP3 session over TLS: lines and dotted answers are pulled, so that a mail that is not read pushes back
// on its server. Whatever goes wrong ends the connection: behind half an answer there is no way back into step.
import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { MailError } from '../core/errors.ts';
import type { Deadline } from '../core/time.ts';
import { DottedAnswer } from './dotted-answer.ts';
import { malformed, unreachable } from './pop3-errors.ts';

export interface Pop3Endpoint {
  readonly host: string;
  readonly port: number;
}

export type Status =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'refused'; readonly responseCode: string | undefined }
  /** Of a SASL exchange (RFC 5034 section 4). */
  | { readonly kind: 'continue' };

const TLS_OPTIONS = { minVersion: 'TLSv1.2', noDelay: true } as const;
/** No healthy server needs as long to greet, its connection and TLS handshake included. */
const CONNECT_MS = 10_000;
/** RFC 2449 section 4 allows 512. */
const MAX_LINE_BYTES = 8 * 1024;
const LINE_FEED = 0x0a;

export class Connection {
  readonly #socket: TLSSocket;
  readonly #pieces: AsyncIterator<unknown>;
  #pending: Buffer = Buffer.alloc(0);
  #isAnswering = false;
  #failure: MailError | undefined;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    this.#pieces = socket[Symbol.asyncIterator]();
  }

  /** Connects and hears the greeting. */
  static async open(endpoint: Pop3Endpoint, deadline: Deadline): Promise<{ connection: Connection; greeting: Status }> {
    const socket = openSocket(endpoint);
    const stopWaiting = endWith(socket, deadline);
    try {
      await once(socket, 'secureConnect');
      const connection = new Connection(socket);
      return { connection, greeting: await connection.status() };
    } catch (error) {
      socket.destroy();
      throw unreachable(error);
    } finally {
      stopWaiting();
    }
  }

  /** @param lines without their ends */
  send(lines: readonly string[]): void {
    if (this.#isAnswering) throw new Error('a command was sent before the answer to the last one was read');
    this.#socket.write(lines.map((line) => `${line}\r\n`).join(''), 'latin1');
  }

  async status(): Promise<Status> {
    const line = await this.#line();
    if (/^\+OK(?: |$)/i.test(line)) return { kind: 'ok', text: line };
    const refused = /^-ERR(?: \[([^\]]*)\]| |$)/i.exec(line);
    if (refused !== null) return { kind: 'refused', responseCode: refused[1]?.toUpperCase() };
    if (/^\+(?: |$)/.test(line)) return { kind: 'continue' };
    throw this.#fail(malformed('a line that is no answer of POP3'));
  }

  /** What follows an OK of more than one line. Left before its end, it ends the connection. */
  async *answer(maxBytes: number): AsyncGenerator<Buffer> {
    const dotted = new DottedAnswer();
    let bytes = 0;
    this.#isAnswering = true;
    try {
      for (;;) {
        const { data, rest } = dotted.decode(this.#pending.length > 0 ? this.#takePending() : await this.#more());
        bytes += data.length;
        if (bytes > maxBytes) throw this.#fail(malformed(`an answer of more than ${maxBytes} bytes`));
        if (rest !== undefined) {
          this.#pending = rest;
          this.#isAnswering = false;
        }
        if (data.length > 0) yield data;
        if (rest !== undefined) return;
      }
    } finally {
      if (this.#isAnswering) this.#fail(new MailError('POP3_UNREACHABLE', 'the answer before was not read to its end'));
      this.#isAnswering = false;
    }
  }

  /** Without QUIT there is no UPDATE state (RFC 1939 section 6): Gmail marks nothing as popped. */
  close(): void {
    this.#socket.destroy();
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#pending.indexOf(LINE_FEED);
      if (end > MAX_LINE_BYTES || (end < 0 && this.#pending.length > MAX_LINE_BYTES)) {
        throw this.#fail(malformed(`a line of more than ${MAX_LINE_BYTES} bytes`));
      }
      if (end >= 0) {
        const line = this.#pending.toString('latin1', 0, end);
        this.#pending = this.#pending.subarray(end + 1);
        return line.replace(/\r$/, '');
      }
      this.#pending = Buffer.concat([this.#pending, await this.#more()]);
    }
  }

  #takePending(): Buffer {
    const taken = this.#pending;
    this.#pending = Buffer.alloc(0);
    return taken;
  }

  async #more(): Promise<Buffer> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      const { done, value } = await this.#pieces.next();
      if (done !== true && Buffer.isBuffer(value)) return value;
    } catch (error) {
      throw this.#fail(unreachable(error));
    }
    throw this.#fail(new MailError('POP3_UNREACHABLE', 'the POP3 server closed the connection'));
  }

  #fail(failure: MailError): MailError {
    this.#failure ??= failure;
    this.close();
    return failure;
  }
}

function openSocket({ host, port }: Pop3Endpoint): TLSSocket {
  // An address is no server name (RFC 6066 section 3).
  const socket = connect({ host, port, ...TLS_OPTIONS, ...(isIP(host) === 0 && { servername: host }) });
  // Whoever reads is told of it; without a listener the process would end.
  socket.on('error', () => undefined);
  return socket;
}

/** Ends the socket at the deadline, whatever it waits for. Answers what stops the shorter wait for the greeting. */
function endWith(socket: TLSSocket, deadline: Deadline): () => void {
  const end = () =>
    socket.destroy(new MailError('DEADLINE_EXCEEDED', 'the invocation has no time left for the POP3 server to answer'));
  const late = () => socket.destroy(new MailError('POP3_UNREACHABLE', `no POP3 greeting within ${CONNECT_MS} ms`));
  const timers = [setTimeout(end, deadline.remainingMs()), setTimeout(late, CONNECT_MS)] as const;
  deadline.signal.addEventListener('abort', end, { once: true });
  socket.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
    deadline.signal.removeEventListener('abort', end);
  });
  if (deadline.signal.aborted) end();
  return () => clearTimeout(timers[1]);
}
