// Mail servers as the stack sees them when a script of faults stands before them.
import { readFile, writeFile } from 'node:fs/promises';
import { makeCertificate } from '../google/certificates.ts';
import type { Endpoint } from '../google/listener.ts';
import type { FaultScript, Server } from './fault.ts';
import { startFaultProxy } from './fault-proxy.ts';

interface Servers {
  readonly oauth: string;
  readonly smtps: Endpoint;
  readonly smtp: Endpoint;
  readonly imap: Endpoint;
  readonly pop3?: Endpoint;
  readonly ca: string;
}

/** SMTP with STARTTLS passes by: only implicit TLS can be looked into from the first byte. POP3 has no faults here. */
export async function startProxies(
  servers: Servers,
  script: FaultScript,
): Promise<{ servers: Servers; stop(): Promise<void> }> {
  const certificate = await makeCertificate('faults.localhost');
  const own = certificate.cert;
  await writeFile(certificate.file, `${await readFile(servers.ca, 'utf8')}\n${own}`);
  const before = (server: Server, upstream: Endpoint) =>
    startFaultProxy({ server, upstream, ca: servers.ca, certificate, script });
  const oauthUrl = new URL(servers.oauth);
  const [smtps, imap, oauth] = await Promise.all([
    before('smtp', servers.smtps),
    before('imap', servers.imap),
    before('oauth', { host: oauthUrl.hostname, port: Number(oauthUrl.port) }),
  ]);
  oauthUrl.port = String(oauth.endpoint.port);
  return {
    servers: {
      smtps: smtps.endpoint,
      smtp: servers.smtp,
      imap: imap.endpoint,
      ...(servers.pop3 && { pop3: servers.pop3 }),
      oauth: oauthUrl.href.replace(/\/$/, ''),
      ca: certificate.file,
    },
    async stop() {
      await Promise.all([smtps.stop(), imap.stop(), oauth.stop(), certificate.remove()]);
    },
  };
}
