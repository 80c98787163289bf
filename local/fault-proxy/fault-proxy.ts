// A proxy before a mail server that does what a script of faults says: it ends TLS on both sides to know what is being said,
// and knows a connection before that by its bytes alone. For tests, and for `npm run dev -- --fault …`.
import { readFile } from 'node:fs/promises';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import type { Certificate } from '../google/certificates.ts';
import type { Endpoint } from '../google/listener.ts';
import type { Fault, FaultScript, Server } from './fault.ts';
import { HttpConversation, ImapConversation } from './plain-conversations.ts';
import { SmtpConversation } from './smtp-conversation.ts';

export interface FaultProxyOptions {
  readonly server: Server;
  readonly upstream: Endpoint;
  /** Of the upstream's certificate, where it speaks TLS from the first byte; SMTP and IMAP do. */
  readonly ca: string;
  readonly certificate: Certificate;
  readonly script: FaultScript;
}

export interface FaultProxy {
  readonly endpoint: Endpoint;
  stop(): Promise<void>;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const ca = await readFile(options.ca);
  const keep = <S extends Socket>(socket: S): S => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer({ noDelay: true }, (socket) => void serve(options, ca, keep(socket), keep));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: { host: '127.0.0.1', port },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

type Keep = <S extends Socket>(socket: S) => S;

async function serve(options: FaultProxyOptions, ca: Buffer, socket: Socket, keep: Keep): Promise<void> {
  const { server, script, certificate, upstream } = options;
  const refused = script.take(server, 'connect');
  if (refused !== undefined && (await isEnded(refused, socket))) return;
  if (server === 'oauth') {
    const target = keep(connectTcp({ ...upstream, noDelay: true }));
    return new HttpConversation(socket, target, script).run();
  }
  const interrupted = script.take(server, 'tls');
  if (interrupted !== undefined && (await isEnded(interrupted, socket))) return;
  const client = keep(new TLSSocket(socket, { isServer: true, key: certificate.key, cert: certificate.cert }));
  const target = keep(connectTls({ ...upstream, ca }));
  target.setNoDelay(true);
  const Dialect = server === 'smtp' ? SmtpConversation : ImapConversation;
  return new Dialect(client, target, script).run();
}

/** Before there is anything to pass on. Answers whether that was the end of it. */
async function isEnded({ action }: Fault, socket: Socket): Promise<boolean> {
  switch (action.kind) {
    case 'cut':
      socket.destroy();
      return true;
    case 'stall':
      return true;
    case 'corrupt':
    case 'reply':
      socket.end(action.kind === 'reply' ? `${action.text}\r\n` : 'not TLS\r\n');
      return true;
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, action.ms));
      return false;
  }
}
