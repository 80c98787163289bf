// An SMTP server that says what a test tells it to, over TLS or in the clear, and remembers what it was told.
import { once } from 'node:events';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { createServer as createTlsServer } from 'node:tls';

/** Answers to a line that begins with the key; `undefined` cuts the connection, `null` says nothing. */
export type Script = Readonly<Record<string, string | null | undefined>>;

export interface ScriptedServer {
  readonly port: number;
  readonly received: string[];
  readonly connections: () => number;
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
  AUTH: '235 2.7.0 Accepted',
  MAIL: '250 2.1.0 OK',
  RCPT: '250 2.1.5 OK',
  DATA: '354 Go ahead',
  '.': '250 2.0.0 OK',
  RSET: '250 2.1.5 Flushed',
};

/** @param certificate without one the server speaks in the clear */
export async function startScripted(script: Script, certificate?: Certificate): Promise<ScriptedServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    talk(socket, script, received);
  };
  const server: Server =
    certificate === undefined ? createPlainServer(serve) : createTlsServer({ ...certificate }, serve);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received,
    connections: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function talk(socket: Socket, script: Script, received: string[]): void {
  let inData = false;
  const say = (key: string): void => {
    const reply = key in script ? script[key] : '250 OK';
    if (reply === undefined) socket.destroy();
    else if (reply !== null) socket.write(`${reply}\r\n`);
    inData = key === 'DATA' && reply !== undefined && reply !== null && reply.startsWith('354');
  };
  say('');
  createInterface({ input: socket }).on('line', (line) => {
    received.push(line);
    if (inData && line !== '.') return;
    say(inData ? '.' : (line.split(' ')[0] ?? '').toUpperCase());
  });
}
