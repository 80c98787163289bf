// An SMTP server that says what a test tells it to, over TLS or in the clear, and remembers what it was told.
import { once } from 'node:events';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';

/**
 * Answers to a line that begins with the key; `undefined` cuts the connection, `null` says nothing, a list is said in
 * turn and its last again. `BODY` answers each line of a message. `CUT` after an answer cuts the connection behind it.
 */
export type Script = Readonly<Record<string, Answer | readonly Answer[]>>;
type Answer = string | null | undefined;

export const CUT = '\u0000cut';

export interface ScriptedServer {
  readonly port: number;
  readonly received: string[];
  readonly connections: () => number;
  /** Says or, without a text, cuts something out of turn. */
  interrupt(text?: string): void;
  close(): Promise<void>;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const EHLO = '250-test\r\n250-AUTH LOGIN PLAIN XOAUTH2\r\n250 PIPELINING';
export const WELCOMING: Script = {
  '': '220 test',
  EHLO,
  STARTTLS: '220 2.0.0 Ready',
  AUTH: '235 2.7.0 Accepted',
  MAIL: '250 2.1.0 OK',
  RCPT: '250 2.1.5 OK',
  DATA: '354 Go ahead',
  BODY: null,
  '.': '250 2.0.0 OK',
  RSET: '250 2.1.5 Flushed',
};

export async function startScripted(
  script: Script,
  tls: 'implicit' | 'starttls',
  certificate: Certificate | undefined,
): Promise<ScriptedServer> {
  const received: string[] = [];
  const sockets: Socket[] = [];
  const server: Server =
    tls === 'implicit' ? createTlsServer({ ...certificate }, serve) : createPlainServer({ noDelay: true }, serve);
  function serve(socket: Socket): void {
    sockets.push(socket);
    new Conversation(script, received, certificate).start(socket);
  }
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received,
    connections: () => sockets.length,
    interrupt(text) {
      const socket = sockets.at(-1);
      if (text === undefined) socket?.destroy();
      else socket?.write(`${text}\r\n`);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

class Conversation {
  readonly #script: Script;
  readonly #received: string[];
  readonly #certificate: Certificate | undefined;
  readonly #said = new Map<string, number>();
  #inData = false;

  constructor(script: Script, received: string[], certificate: Certificate | undefined) {
    this.#script = script;
    this.#received = received;
    this.#certificate = certificate;
  }

  start(socket: Socket): void {
    this.#listen(socket);
    this.#say(socket, '');
  }

  #listen(socket: Socket): void {
    socket.on('error', () => undefined);
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => {
      this.#received.push(line);
      const key = this.#keyOf(line);
      this.#say(socket, key);
      if (key === 'STARTTLS' && this.#next('STARTTLS')?.startsWith('220')) {
        lines.close();
        this.#listen(new TLSSocket(socket, { isServer: true, ...this.#certificate }));
      }
    });
  }

  #keyOf(line: string): string {
    if (!this.#inData) return (line.split(' ')[0] ?? '').toUpperCase();
    return line === '.' ? '.' : 'BODY';
  }

  #say(socket: Socket, key: string): void {
    const reply = this.#next(key);
    this.#said.set(key, (this.#said.get(key) ?? 0) + 1);
    if (key !== 'BODY') this.#inData = key === 'DATA' && (reply?.startsWith('354') ?? false);
    if (reply === null || !socket.writable) return;
    if (reply === undefined) socket.destroy();
    else if (reply.endsWith(CUT)) socket.end(reply.slice(0, -CUT.length));
    else socket.write(`${reply}\r\n`);
  }

  #next(key: string): Answer {
    const answers = key in this.#script ? this.#script[key] : '250 OK';
    return Array.isArray(answers)
      ? answers[Math.min(this.#said.get(key) ?? 0, answers.length - 1)]
      : (answers as Answer);
  }
}
