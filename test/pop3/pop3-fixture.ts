// What tests of the POP3 client share: a certificate that this process trusts, and a session to a scripted server.
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { parseMailboxProfile } from '../../lib/core/mailbox.ts';
import { Secret } from '../../lib/core/secret.ts';
import { type Deadline, toEpochMs } from '../../lib/core/time.ts';
import type { AccessToken } from '../../lib/core/token.ts';
import { Pop3Client } from '../../lib/pop3/client.ts';
import { type Certificate, makeCertificate } from '../../local/google/certificates.ts';
import { type Script, type ScriptedServer, type Segments, startScripted, WELCOMING } from './scripted-server.ts';

export const profile = parseMailboxProfile({
  id: 'support',
  address: 'support@shop.example',
  plan: 'workspace',
  protocol: 'pop3',
});

export const token = (value: string): AccessToken => ({
  accessToken: new Secret(value),
  expiresAt: toEpochMs(0),
  address: profile.address,
  version: '1',
});

interface OpenOptions {
  readonly segments?: Segments;
  readonly token?: string;
}

export interface Pop3Fixture {
  readonly server: ScriptedServer;
  /** A minute, unless the test lets it pass: no outcome depends on how fast the machine is. */
  readonly deadline: Deadline;
  /** Lets the deadline pass as soon as the server has heard a line that begins so, or is connected to. */
  passDeadlineAt(line: string): Promise<void>;
  /** One server at a time. */
  serve(script?: Script, segments?: Segments): Promise<ScriptedServer>;
  connect(port: number, token?: string): Promise<Pop3Client>;
  open(script?: Script, options?: OpenOptions): Promise<Pop3Client>;
}

/** Every server and client of a test is closed behind it. */
export function useScriptedPop3(): Pop3Fixture {
  const trusted = getCACertificates('default');
  let certificate: Certificate | undefined;
  let server: ScriptedServer | undefined;
  let client: Pop3Client | undefined;
  let passing = new AbortController();

  beforeAll(async () => {
    certificate = await makeCertificate();
    setDefaultCACertificates([...trusted, certificate.cert]);
  });
  afterEach(async () => {
    client?.close();
    await server?.close();
    [client, server, passing] = [undefined, undefined, new AbortController()];
  });
  afterAll(async () => {
    setDefaultCACertificates([...trusted]);
    await certificate?.remove();
  });

  const fixture: Pop3Fixture = {
    get server() {
      if (server === undefined) throw new Error('the test has started no server yet');
      return server;
    },
    get deadline() {
      const { signal } = passing;
      return { remainingMs: () => (signal.aborted ? 0 : 60_000), signal };
    },
    async passDeadlineAt(line) {
      const hasHeard = () =>
        line === '' ? server?.connections() : server?.received.some((one) => one.startsWith(line));
      await expect.poll(hasHeard, { timeout: 10_000, interval: 5 }).toBeTruthy();
      passing.abort();
    },
    async serve(script = {}, segments) {
      await server?.close();
      if (certificate === undefined) throw new Error('there is no certificate yet');
      server = await startScripted({ ...WELCOMING, ...script }, certificate, segments);
      return server;
    },
    async connect(port, value = 'good') {
      const endpoint = { host: '127.0.0.1', port };
      client = await Pop3Client.open(endpoint, profile.address, token(value), fixture.deadline);
      return client;
    },
    async open(script, options = {}) {
      const { port } = await fixture.serve(script, options.segments);
      return fixture.connect(port, options.token);
    },
  };
  return fixture;
}
