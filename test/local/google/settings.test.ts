// What the owner of an account, or its administrator, can switch off, and what a program then meets after a token that
// is in order.
import { describe, expect, it } from 'vitest';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { dialTls, imapLoggedIn, mail, pop3LoggedIn, smtpLoggedIn, xoauth2 } from './raw-client.ts';
import { submit } from './submit.ts';

const google = useGoogle();
const account = () => google().account(shop);

describe('IMAP off', () => {
  it('is an ALERT in place of the login; SMTP, POP3 and other accounts go on, and IMAP when it is on again', async () => {
    const { imapLogins } = account().counters;
    account().setImapEnabled(false);
    const client = await dialTls(google(), 'imap');
    await client.until(/^\* OK .*\r\n/);
    const response = xoauth2(shop, await account().accessToken());
    expect(await client.imap(`AUTHENTICATE XOAUTH2 ${response}`)).toBe(
      'a NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)\r\n',
    );
    expect(await client.imap('SELECT INBOX')).toMatch(/^a BAD/);
    expect(account().counters).toMatchObject({ imapLogins, imapConnections: 0 });
    (await smtpLoggedIn(google(), shop)).end();
    (await pop3LoggedIn(google(), shop)).end();
    (await imapLoggedIn(google(), cara)).end();
    account().setImapEnabled(true);
    expect(await client.imap(`AUTHENTICATE XOAUTH2 ${response}`)).toMatch(/a OK/);
    client.end();
  });

  it('says nothing of it to a token that is not in order', async () => {
    account().setImapEnabled(false);
    const client = await dialTls(google(), 'imap');
    await client.until(/^\* OK .*\r\n/);
    client.send(`a AUTHENTICATE XOAUTH2 ${xoauth2(shop, 'ya29.nothing')}\r\n`);
    await client.until(/^\+ .*\r\n/);
    client.send('\r\n');
    expect(await client.until(/^a .*\r\n/)).toMatch(/^a NO \[AUTHENTICATIONFAILED\]/);
    account().setImapEnabled(true);
    client.end();
  });
});

describe('POP off', () => {
  it('is a permanent error at the end of the challenge; IMAP goes on, and POP when it is on again', async () => {
    account().setPopEnabled(false);
    const client = await dialTls(google(), 'pop3');
    await client.until(/^\+OK .*\r\n/);
    const response = xoauth2(shop, await account().accessToken());
    await client.pop3('AUTH XOAUTH2');
    expect(await client.pop3(response)).toMatch(/^\+ eyJzdGF0dXMi/);
    expect(await client.pop3('')).toBe(
      '-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page and enable your account for POP access.\r\n',
    );
    expect(await client.pop3('STAT')).toMatch(/^-ERR/);
    (await imapLoggedIn(google(), shop)).end();
    account().setPopEnabled(true);
    await client.pop3('AUTH XOAUTH2');
    expect(await client.pop3(response)).toBe('+OK Welcome.\r\n');
    client.end();
  });
});

describe('Message-IDs that are not kept', () => {
  const sentCopy = async (id: string) => {
    await submit(google(), shop, [shop], mail({ From: shop, Subject: id, 'Message-ID': `<${id}@shop.example>` }));
    const copy = await account().waitForMessage(({ raw }) => raw.includes(`Subject: ${id}\r\n`), 2000);
    return copy.raw.toString();
  };

  it('are replaced though valid, and shown beside the new one, until they are kept again', async () => {
    account().setKeepsMessageIds(false);
    const replaced = await sentCopy('first');
    expect(replaced).toMatch(/^Message-ID: <[^@\s]+@mx\.google\.com>\r$/m);
    expect(replaced).toContain('\r\nX-Google-Original-Message-ID: <first@shop.example>\r\n');
    account().setKeepsMessageIds(true);
    expect(await sentCopy('second')).toContain('\r\nMessage-ID: <second@shop.example>\r\n');
  });
});
