// The proxy before the local Gmail, seen by clients that others wrote: what it lets pass is unchanged, and each fault is met
// where it was asked for.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FaultScript, parseFault } from '../../../local/fault-proxy/fault.ts';
import { startProxies } from '../../../local/fault-proxy/proxied-servers.ts';
import { type LocalGoogle, startGoogle } from '../../../local/google/google.ts';

const ADDRESS = 'ada@customer.example';
const TIMEOUT_MS = 400;

describe('the fault proxy', () => {
  const script = new FaultScript();
  let google: LocalGoogle;
  let proxied: Awaited<ReturnType<typeof startProxies>>;

  beforeAll(async () => {
    google = await startGoogle();
    google.addAccount({ address: ADDRESS });
    proxied = await startProxies(google.endpoints, script);
  });

  beforeEach(() => script.clear());

  afterAll(async () => {
    await proxied?.stop();
    await google?.stop();
  });

  const faults = (text: string) => script.add(parseFault(text));
  const received = () => google.account(ADDRESS).messages('INBOX').length;

  async function sendMail(text = 'Hello'): Promise<string> {
    const accessToken = await google.account(ADDRESS).accessToken();
    const transport = createTransport({
      ...proxied.servers.smtps,
      secure: true,
      auth: { type: 'OAuth2', user: ADDRESS, accessToken },
      tls: { ca: readFileSync(proxied.servers.ca) },
      socketTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      connectionTimeout: TIMEOUT_MS,
    });
    try {
      const { response } = await transport.sendMail({ from: ADDRESS, to: ADDRESS, subject: 'Hi', text });
      return response;
    } finally {
      transport.close();
    }
  }

  it('lets a mail pass byte for byte, dots and all', async () => {
    const text = `${randomBytes(200_000).toString('base64')}\n.\n..\nend`;
    expect(await sendMail(text)).toMatch(/^250 2\.0\.0/);
    const raw = google.account(ADDRESS).messages('INBOX').at(-1)?.raw.toString() ?? '';
    expect(raw.replace(/\r?\n/g, '')).toContain(text.slice(0, 70));
    expect(raw.trimEnd().endsWith('..\r\nend')).toBe(true);
  });

  it.each(['connect', 'tls', 'greeting', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'body', 'dot'])(
    'cuts and stalls at %s, and the server takes nothing',
    async (point) => {
      const before = received();
      for (const action of ['cut', 'stall']) {
        faults(`smtp/${point}=${action}`);
        await expect(sendMail()).rejects.toThrow();
      }
      expect(received()).toBe(before);
      expect(await sendMail()).toMatch(/^250/);
    },
  );

  it('cuts after the dot, when the server has taken it', async () => {
    const before = received();
    faults('smtp/after-dot=cut');
    await expect(sendMail()).rejects.toThrow();
    expect(received()).toBe(before + 1);
  });

  it('passes as many bytes as it was told to', async () => {
    faults('smtp/greeting@3=cut');
    const socket = connect(proxied.servers.smtps);
    socket.destroy();
    await expect(sendMail()).rejects.toThrow();
    faults('smtp/body@5000=cut');
    await expect(sendMail('x'.repeat(60_000))).rejects.toThrow();
  });

  it.each([
    ['smtp/MAIL=421 4.7.0 Try again later', '421 4.7.0'],
    ['smtp/RCPT=550 5.1.1 No such user', '550 5.1.1'],
    ['smtp/DATA=451 4.3.0 Busy', '451 4.3.0'],
    ['smtp/dot=552 5.2.3 Too large', '552 5.2.3'],
    ['smtp/AUTH=535 5.7.8 Refused', '535 5.7.8'],
  ])('answers in the place of the server, in its turn: %s', async (fault, reply) => {
    const before = received();
    faults(`${fault} x2`);
    await expect(sendMail()).rejects.toThrow(reply);
    expect(received()).toBe(before);
  });

  it('delays what passes, and garbles what is answered', async () => {
    faults('smtp/RCPT=delay 50');
    expect(await sendMail()).toMatch(/^250/);
    faults('smtp/MAIL=corrupt');
    await expect(sendMail()).rejects.toThrow();
  });

  it('changes one byte, of a reply or of the mail on its way', async () => {
    faults('smtp/MAIL@0=corrupt');
    await expect(sendMail()).rejects.toThrow();
    faults('smtp/body@5000=corrupt');
    expect(await sendMail('x'.repeat(60_000))).toMatch(/^250/);
    const raw = google.account(ADDRESS).messages('INBOX').at(-1)?.raw ?? Buffer.alloc(0);
    expect(raw.filter((byte) => byte === (0x78 ^ 0xff))).toHaveLength(1);
  });

  it('meets IMAP at its commands', async () => {
    const open = async () => {
      const accessToken = await google.account(ADDRESS).accessToken();
      const client = new ImapFlow({
        ...proxied.servers.imap,
        secure: true,
        auth: { user: ADDRESS, accessToken },
        logger: false,
        disableCompression: true,
        tls: { ca: readFileSync(proxied.servers.ca) },
        socketTimeout: TIMEOUT_MS,
        greetingTimeout: TIMEOUT_MS,
      });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return await client.mailboxOpen('INBOX');
      } finally {
        client.close();
      }
    };
    expect((await open()).exists).toBe(received());
    for (const fault of [
      'imap/greeting=cut',
      'imap/SELECT=stall',
      'imap/SELECT=NO [OVERQUOTA] Not now',
      'imap/greeting=corrupt',
    ]) {
      faults(fault);
      await expect(open()).rejects.toThrow();
    }
    expect((await open()).exists).toBe(received());
  });

  it('meets OAuth at request and response', async () => {
    const ask = () => fetch(`${proxied.servers.oauth}/tokeninfo?access_token=x`).then(({ status }) => status);
    expect(await ask()).toBe(400);
    for (const fault of ['oauth/connect=cut', 'oauth/request=cut', 'oauth/response=cut', 'oauth/response=corrupt']) {
      faults(fault);
      await expect(ask()).rejects.toThrow();
    }
    faults('oauth/request=HTTP/1.1 503 Unavailable\r\nConnection: close');
    expect(await ask()).toBe(503);
  });

  it('leaves no connection behind', () => {
    expect(google.account(ADDRESS).counters.smtpConnections).toBe(0);
    expect(google.problems).toEqual([]);
  });
});
