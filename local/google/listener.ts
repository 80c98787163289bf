// A TCP or TLS server on a free port of 127.0.0.1 that can be stopped at once: its connections are cut, as when a
// machine goes away, so that clients see what they would see then and nothing keeps the process alive.
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from './certificates.ts';

export interface Endpoint {
  host: string;
  port: number;
}

export interface Listener {
  endpoint: Endpoint;
  stop(): Promise<void>;
  /** As a machine that comes back: connections are cut, and the port is the same. */
  restart(): Promise<void>;
}

export async function listenTcp(onSocket: (socket: Socket) => void): Promise<Listener> {
  return listen(createTcpServer(), 'connection', onSocket);
}

export async function listenTls(certificate: Certificate, onSocket: (socket: Socket) => void): Promise<Listener> {
  const server = createTlsServer({ key: certificate.key, cert: certificate.cert });
  // A client that breaks off its handshake (a test of certificate checks does) is no fault of the server.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return listen(server, 'secureConnection', onSocket);
}

async function listen(server: Server, event: string, onSocket: (socket: Socket) => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.on(event, onSocket);
  await listenOn(server, 0);
  const port = portOf(server);
  return {
    endpoint: { host: '127.0.0.1', port },
    stop: () => stop(server, sockets),
    restart: async () => {
      await stop(server, sockets);
      await listenOn(server, port);
    },
  };
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function stop(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no TCP port');
  return address.port;
}
