// The fault script: each point of the SMTP transaction, IMAP and the token endpoint can be made to fail, once, for one
// mailbox or for all, and everything works again afterwards.
import { describe, expect, it } from 'vitest';
import { tokenRefusals } from '../../../local/google/google.ts';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { dialTls, imapLoggedIn, mail, smtpLoggedIn } from './raw-client.ts';
import { submit } from './submit.ts';

const google = useGoogle();
const steps = [`MAIL FROM:<${shop}>`, `RCPT TO:<${cara}>`, 'DATA', `${mail({ Subject: 'x' })}.`];
const accepted = () => google().account(shop).counters.mailsAccepted;

describe('SMTP', () => {
  it.each([
    ['greeting', 0],
    ['EHLO', 0],
    ['AUTH', 0],
    ['MAIL', 0],
    ['RCPT', 0],
    ['DATA', 0],
    ['body', 0],
    ['dot', 0],
    ['after-dot', 1],
  ] as const)('cuts at %s, where %i mails count as accepted', async (at, mails) => {
    const before = accepted();
    google().faults.smtp({ at, do: 'cut' });
    const attempt = async () => {
      const client = await smtpLoggedIn(google(), shop);
      for (const step of steps) await client.smtp(step);
    };
    await expect(attempt()).rejects.toThrow(/Closed before/);
    expect(accepted() - before).toBe(mails);
    expect(await submit(google(), shop, [cara], mail({ Subject: 'after' }))).toMatch(/^250 2\.0\.0/);
  });

  it('answers with any reply in place of its own, as often as asked, and closes after a 421', async () => {
    google().faults.smtp({ at: 'MAIL', do: { reply: '450 4.2.1 Slow down' }, times: 2 });
    const client = await smtpLoggedIn(google(), shop);
    expect(await client.smtp(steps[0] ?? '')).toBe('450 4.2.1 Slow down\r\n');
    expect(await client.smtp(steps[0] ?? '')).toBe('450 4.2.1 Slow down\r\n');
    expect(await client.smtp(steps[0] ?? '')).toMatch(/^250/);
    google().faults.smtp({ at: 'RCPT', do: { reply: '421 4.7.0 Try again later' } });
    expect(await client.smtp(steps[1] ?? '')).toBe('421 4.7.0 Try again later\r\n');
    await client.closed();
  });

  it('refuses after the dot without accepting', async () => {
    const before = accepted();
    google().faults.smtp({ at: 'dot', do: { reply: '550 5.4.5 Daily user sending limit exceeded.' } });
    expect(await submit(google(), shop, [cara], mail({ Subject: 'x' }))).toMatch(/^550 5\.4\.5/);
    expect(accepted()).toBe(before);
  });

  it('touches only the mailbox that is named', async () => {
    google().faults.smtp({ at: 'MAIL', do: { reply: '450 4.2.1 Slow down' }, mailbox: cara });
    expect(await submit(google(), shop, [cara], mail({ Subject: 'x' }))).toMatch(/^250/);
    const client = await smtpLoggedIn(google(), cara);
    expect(await client.smtp('MAIL FROM:<x@y.example>')).toMatch(/^450/);
    client.end();
  });

  it('stalls without a word until the client gives up', async () => {
    google().faults.smtp({ at: 'MAIL', do: 'stall' });
    const client = await smtpLoggedIn(google(), shop);
    client.send(`${steps[0]}\r\nNOOP\r\n`);
    const other = await smtpLoggedIn(google(), shop);
    expect(await other.smtp('NOOP')).toMatch(/^250/);
    client.end();
    expect(await client.closed()).toBe('');
    other.end();
  });
});

describe('IMAP', () => {
  it('ends a session with BYE in the middle of a command', async () => {
    const client = await imapLoggedIn(google(), shop);
    google().faults.imap({ at: 'SELECT', do: { reply: '* BYE Session expired, please login again.' } });
    client.send('a SELECT INBOX\r\n');
    expect(await client.closed()).toBe('* BYE Session expired, please login again.\r\n');
  });

  it('cuts at the greeting', async () => {
    google().faults.imap({ at: 'greeting', do: 'cut' });
    const client = await dialTls(google(), 'imap');
    expect(await client.closed()).toBe('');
  });
});

describe('the token endpoint', () => {
  const token = () =>
    fetch(`${google().endpoints.oauth}/token`, {
      method: 'POST',
      headers: { connection: 'close' },
      body: new URLSearchParams(),
    });

  it.each(['tooManyRequests', 'serverError', 'adminPolicyEnforced', 'invalidRapt'] as const)(
    'answers %s as Google does',
    async (name) => {
      const refusal = tokenRefusals[name];
      google().faults.oauth({ at: 'token', do: refusal });
      const response = await token();
      expect(response.status).toBe(refusal.status);
      expect(await response.json()).toEqual(refusal.body);
      expect((await token()).status).toBe(400);
    },
  );

  it('cuts the connection, or hangs until the client gives up', async () => {
    google().faults.oauth({ at: 'token', do: 'cut' });
    await expect(token()).rejects.toThrow('fetch failed');
    google().faults.oauth({ at: 'token', do: 'stall' });
    const url = `${google().endpoints.oauth}/token`;
    await expect(fetch(url, { method: 'POST', signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/);
  });
});
