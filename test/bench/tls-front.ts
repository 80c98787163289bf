// Puts TLS before the local OAuth server, which speaks plain HTTP: Google's does not, and its handshake takes time.
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { type Certificate, makeCertificate } from '../../local/google/certificates.ts';
import type { WireAddress } from './wires.ts';

export interface TlsFront extends WireAddress {
  /** PEM file to trust instead of `ca`: both authorities stand in it. */
  readonly ca: string;
  close(): Promise<void>;
}

export async function startTlsFront(target: WireAddress, ca: string): Promise<TlsFront> {
  const certificate: Certificate = await makeCertificate('oauth2.localhost');
  await writeFile(certificate.file, `${await readFile(ca, 'utf8')}\n${certificate.cert}`);
  const clients = new Set<Socket>();
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    const upstream = connect({ ...target, noDelay: true });
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    host: '127.0.0.1',
    port,
    ca: certificate.file,
    async close() {
      server.close();
      for (const client of clients) client.destroy();
      await certificate.remove();
    },
  };
}
