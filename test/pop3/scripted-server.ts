// A POP3 server over TLS that says what a test tells it to, in the segments that the test wants, and remembers what it
// was told.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createServer, type TLSSocket } from 'node:tls';

/** Cuts the connection, or says nothing more. */
export const CUT = Symbol('cut');
export const STALL = Symbol('stall');

/** Bytes as they are, or whatever the test does to the socket. */
type Answer = string | Buffer | typeof CUT | typeof STALL | ((socket: TLSSocket) => void);

/**
 * By the whole line or else by its first word; '' is the greeting, EMPTY an empty line and RESPONSE what follows AUTH.
 * A list is said in turn, and its last again.
 */
export type Script = Readonly<Record<string, Answer | readonly Answer[]>>;

/** Cuts what is said into segments. @param offset of the first byte in all that was said */
export type Segments = (bytes: Buffer, offset: number) => readonly Buffer[];

export interface ScriptedServer {
  readonly port: number;
  readonly received: string[];
  readonly connections: () => number;
  readonly openConnections: () => number;
  close(): Promise<void>;
}

export const WELCOMING: Script = {
  '': '+OK Gpop ready\r\n',
  CAPA: '+OK\r\nSASL PLAIN XOAUTH2\r\nUIDL\r\nTOP\r\n.\r\n',
  AUTH: '+ \r\n',
  RESPONSE: '+OK Welcome.\r\n',
};

const asOne: Segments = (bytes) => [bytes];

export async function startScripted(
  script: Script,
  certificate: { readonly cert: string; readonly key: string },
  segments: Segments = asOne,
): Promise<ScriptedServer> {
  const received: string[] = [];
  const sockets = new Set<TLSSocket>();
  let connections = 0;
  const server = createServer({ ...certificate, noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    new Conversation(script, received, segments).start(socket);
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received,
    connections: () => connections,
    openConnections: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

class Conversation {
  readonly #script: Script;
  readonly #received: string[];
  readonly #segments: Segments;
  readonly #said = new Map<string, number>();
  #offset = 0;
  #inLogin = false;
  #last: Promise<void> = Promise.resolve();

  constructor(script: Script, received: string[], segments: Segments) {
    this.#script = script;
    this.#received = received;
    this.#segments = segments;
  }

  start(socket: TLSSocket): void {
    const answer = (key: string) => {
      this.#last = this.#last.then(() => this.#say(socket, key));
    };
    answer('');
    const lines = createInterface({ input: socket });
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      this.#received.push(line);
      answer(this.#keyOf(line));
    });
  }

  #keyOf(line: string): string {
    const isResponse = this.#inLogin;
    this.#inLogin = !isResponse && line.startsWith('AUTH');
    if (line === '') return 'EMPTY';
    if (isResponse) return 'RESPONSE';
    return line in this.#script ? line : (line.split(' ')[0] ?? '');
  }

  async #say(socket: TLSSocket, key: string): Promise<void> {
    const answer = this.#next(key);
    if (answer === STALL || socket.destroyed) return;
    if (answer === CUT) socket.destroy();
    else if (typeof answer === 'function') answer(socket);
    else {
      const bytes = Buffer.from(answer);
      const pieces = this.#segments(bytes, this.#offset);
      this.#offset += bytes.length;
      for (const piece of pieces) await sent(socket, piece);
    }
  }

  #next(key: string): Answer {
    const answers = this.#script[key] ?? '-ERR bad command\r\n';
    if (!Array.isArray(answers)) return answers as Answer;
    const turn = this.#said.get(key) ?? 0;
    this.#said.set(key, turn + 1);
    return answers[Math.min(turn, answers.length - 1)] ?? STALL;
  }
}

/** A segment of its own: the peer, in the same process, has its turn before the next. */
function sent(socket: TLSSocket, piece: Buffer): Promise<void> {
  if (piece.length === 0) return Promise.resolve();
  return new Promise((resolve) => {
    socket.write(piece, () => setImmediate(resolve));
  });
}
