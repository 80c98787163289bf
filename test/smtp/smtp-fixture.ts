// What tests of the SMTP transport share: a certificate that this process trusts, and a session to a scripted server.
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { EmailAddressSchema } from '../../lib/core/address.ts';
import { parse } from '../../lib/core/parse.ts';
import { Secret } from '../../lib/core/secret.ts';
import type { ComposedMail, SmtpSession } from '../../lib/core/sending-ports.ts';
import { type Deadline, toEpochMs } from '../../lib/core/time.ts';
import type { AccessToken } from '../../lib/core/token.ts';
import { createTransport } from '../../lib/smtp/transport.ts';
import { type Certificate, type Script, type ScriptedServer, startScripted, WELCOMING } from './scripted-server.ts';

export const user = parse(EmailAddressSchema, 'support@shop.example', 'EVENT_INVALID', 'test');
export const ada = parse(EmailAddressSchema, 'ada@customer.example', 'EVENT_INVALID', 'test');
export const bob = parse(EmailAddressSchema, 'bob@customer.example', 'EVENT_INVALID', 'test');

export const token = (value: string): AccessToken => ({
  accessToken: new Secret(value),
  expiresAt: toEpochMs(0),
  address: user,
  version: value,
});

export const MAIL: ComposedMail = {
  envelope: { from: user, to: [ada] },
  async *open() {
    yield 'Subject: x\r\n\r\n';
    yield 'body\r\n';
  },
};

interface ConnectOptions {
  readonly tls: 'implicit' | 'starttls';
  readonly with: Certificate;
}

export interface SmtpFixture {
  readonly server: ScriptedServer;
  /** Lets the deadline of the session pass as soon as the server has heard a line that begins so, or is connected to. */
  passDeadlineAt(line: string): Promise<void>;
  connect(script?: Script, options?: Partial<ConnectOptions>): Promise<SmtpSession>;
  /** Connects and logs in. */
  login(script?: Script, options?: Partial<ConnectOptions>): Promise<SmtpSession>;
}

/** One server and session a test, both closed after it. */
export function useScriptedSmtp(): SmtpFixture {
  const trusted = getCACertificates('default');
  let certificate: Certificate | undefined;
  let server: ScriptedServer | undefined;
  let session: SmtpSession | undefined;
  let passing = new AbortController();

  /** A minute, unless the test lets it pass: no outcome depends on how fast the machine is. */
  const deadline = (): Deadline => {
    const { signal } = passing;
    return { remainingMs: () => (signal.aborted ? 0 : 60_000), signal };
  };

  beforeAll(async () => {
    certificate = await createCertificate();
    setDefaultCACertificates([...trusted, certificate.cert]);
  });
  afterEach(async () => {
    session?.close();
    await server?.close();
    server = undefined;
    passing = new AbortController();
  });
  afterAll(() => setDefaultCACertificates([...trusted]));

  const connect: SmtpFixture['connect'] = async (script = {}, { tls = 'implicit', with: used } = {}) => {
    server = await startScripted({ ...WELCOMING, ...script }, tls, used ?? certificate);
    session = createTransport({ host: '127.0.0.1', port: server.port, tls }).connect(deadline());
    return session;
  };
  return {
    get server() {
      if (server === undefined) throw new Error('the test has not connected yet');
      return server;
    },
    connect,
    async passDeadlineAt(line) {
      const hasHeard = () =>
        line === '' ? server?.connections() : server?.received.some((one) => one.startsWith(line));
      await expect.poll(hasHeard, { timeout: 10_000, interval: 10 }).toBeTruthy();
      passing.abort();
    },
    async login(script, options) {
      const opened = await connect(script, options);
      await opened.authenticate(user, token('good'), async () => token('better'));
      return opened;
    },
  };
}

/** @param ip what the certificate is for */
export async function createCertificate(ip = '127.0.0.1'): Promise<Certificate> {
  const extensions = [
    { name: 'basicConstraints' as const, cA: true },
    { name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip }] },
  ];
  const { cert, private: key } = await generate([{ name: 'commonName', value: ip }], { keySize: 2048, extensions });
  return { cert, key };
}
