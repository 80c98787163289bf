// The local Gmail comes up quickly and goes down whole: no socket, timer or file is left, and one server can be taken
// away while the others go on.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startGoogle } from '../../../local/google/google.ts';
import { dialPlain, dialTls, imapLoggedIn, smtpLoggedIn } from './raw-client.ts';
import { submit } from './submit.ts';

const shop = 'support@shop.example';

describe('stopping', () => {
  it('ends the process by itself, with connections open and copies still due', () => {
    const script = `
      import { connect } from 'node:net';
      import { startGoogle } from '${new URL('../../../local/google/google.ts', import.meta.url).href}';
      const google = await startGoogle({ sentCopyLagMs: 3600000 });
      const account = google.addAccount({ address: 'a@b.example' });
      account.waitForMessage(() => false, 50).catch(() => {});
      const socket = connect(google.endpoints.smtp);
      await new Promise((resolve) => socket.once('data', resolve));
      await google.stop();
      console.log('down');`;
    // A leftover would keep the child alive until the timeout kills it.
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 5000,
      encoding: 'utf8',
    });
    expect(out).toBe('down\n');
  });

  it('cuts what is open, frees the ports, and removes its certificate', async () => {
    const google = await startGoogle();
    google.addAccount({ address: shop });
    const clients = [await smtpLoggedIn(google, shop), await imapLoggedIn(google, shop), await dialPlain(google)];
    expect(existsSync(google.endpoints.ca)).toBe(true);
    await google.stop();
    for (const client of clients) await client.closed();
    expect(existsSync(google.endpoints.ca)).toBe(false);
    await expect(fetch(google.endpoints.oauth)).rejects.toThrow('fetch failed');
    await google.stop();
  });

  it('takes one server away while the others go on', async () => {
    const google = await startGoogle();
    const account = google.addAccount({ address: shop });
    const reader = await imapLoggedIn(google, shop);
    await google.stop('imap');
    await reader.closed();
    await expect(dialTls(google, 'imap')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await submit(google, shop, [shop], 'Subject: x\r\n\r\n')).toMatch(/^250/);
    await google.stop('smtp');
    await expect(dialPlain(google)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect((await fetch(`${google.endpoints.oauth}/nowhere`)).status).toBe(404);
    expect(account.messages('INBOX')).toHaveLength(1);
    await google.stop();
  });
});

describe('a silent connection', () => {
  it('is closed with 421 by SMTP and with BYE by IMAP', async () => {
    const google = await startGoogle({ smtpIdleMs: 30, imapIdleMs: 30 });
    const smtp = await dialPlain(google);
    expect(await smtp.closed()).toMatch(/^220 .*\r\n421 4\.4\.2 Timeout\. Closing connection\. \S+ - gsmtp\r\n$/);
    const imap = await dialTls(google, 'imap');
    expect(await imap.closed()).toMatch(/\* BYE Session expired, please login again\.\r\n$/);
    await google.stop();
  });
});

describe('accounts', () => {
  it('are found by alias, tag, case, and on gmail.com without dots; unknown ones are an error', async () => {
    const google = await startGoogle();
    google.addAccount({ address: 'first.last@gmail.com', aliases: ['me@own.example'] });
    for (const address of [
      'firstlast@gmail.com',
      'First.Last+x@GMAIL.com',
      'f.irstlast@googlemail.com',
      'ME@own.example',
    ]) {
      expect(google.account(address).address).toBe('first.last@gmail.com');
    }
    expect(() => google.account('other@gmail.com')).toThrow('addAccount');
    expect(() => google.addAccount({ address: 'firstlast@gmail.com' })).toThrow('already');
    await google.stop();
  });
});

it('keeps a mailbox of 20,000 messages without parsing any, and reads its newest at once', async () => {
  const google = await startGoogle();
  const account = google.addAccount({ address: shop });
  // Not a mail at all: whoever parses MIME before it is asked for would stumble over every one.
  for (let n = 0; n < 20_000; n += 1)
    account.deliver(`Subject: ${n}\r\nContent-Type: multipart/x; boundary="\r\n\r\n`, { asIs: true });
  const client = await imapLoggedIn(google, shop);
  expect(await client.imap('EXAMINE INBOX')).toContain('* 20000 EXISTS');
  expect(await client.imap('UID FETCH 20000:* (FLAGS X-GM-MSGID)')).toMatch(/^\* 20000 FETCH \(UID 20000 .*\r\na OK/);
  expect(await client.imap('UID SEARCH RETURN (COUNT) UID 19990:*')).toContain('COUNT 11');
  client.end();
  expect(google.problems).toEqual([]);
  await google.stop();
});
