// POP3 as Gmail speaks it: what a session lists, what RETR and QUIT do to it, and the limits of a command line.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { dialTls, imapLoggedIn, mail, oauthbearer, pop3LoggedIn, type RawClient, xoauth2 } from './raw-client.ts';
import { submit } from './submit.ts';

const DAY = 24 * 60 * 60_000;
const now = 1_795_000_000_000;
const google = useGoogle({ now: () => now, pop3IdleMs: 60_000 });
const account = () => google().account(shop);
let count = 0;

/** A mailbox of its own for each test: what was popped stays so. */
function mailbox(): string {
  count += 1;
  return google().addAccount({ address: `box${count}@shop.example` }).address;
}

const deliver = (address: string, subject: string, options: { labels?: string[]; age?: number } = {}) =>
  google()
    .account(address)
    .deliver(mail({ Subject: subject }), {
      labels: options.labels ?? ['\\Inbox'],
      internalDate: now - (options.age ?? 0),
      asIs: true,
    });

async function dial(): Promise<RawClient> {
  const client = await dialTls(google(), 'pop3');
  expect(await client.until(/^.*\r\n/)).toMatch(/^\+OK Gpop ready for requests from 127\.0\.0\.1 \S+\r\n$/);
  return client;
}

/** The subjects that a session lists, in its order. */
async function subjects(address: string, mode: '' | 'recent:' = ''): Promise<string[]> {
  const client = await pop3LoggedIn(google(), address, mode);
  const found: string[] = [];
  const total = Number((await client.pop3('STAT')).split(' ')[1]);
  for (let number = 1; number <= total; number += 1) {
    found.push(/Subject: (.*)\r\n/.exec(await client.pop3(`TOP ${number} 0`, 'all'))?.[1] ?? '');
  }
  client.end();
  return found;
}

describe('before the login', () => {
  it('Gmail says what it can do', async () => {
    const client = await dial();
    expect(await client.pop3('CAPA', 'all')).toBe(
      `+OK Capability list follows\r\nUSER\r\nRESP-CODES\r\nEXPIRE 0\r\nLOGIN-DELAY 300\r\nTOP\r\nUIDL\r\nX-GOOGLE-RICO\r\nSASL PLAIN XOAUTH2 OAUTHBEARER\r\n.\r\n`,
    );
    for (const command of ['STAT', 'LIST', 'UIDL', 'RETR 1', 'TOP 1 0', 'DELE 1', 'NOOP', 'RSET', 'XYZZY', '']) {
      expect(await client.pop3(command)).toMatch(/^-ERR/);
    }
    expect(await client.pop3('QUIT')).toMatch(/^\+OK/);
    await client.closed();
  });

  it('passwords are refused', async () => {
    const client = await dial();
    expect(await client.pop3(`USER ${shop}`)).toBe('+OK send PASS\r\n');
    expect(await client.pop3('PASS secret')).toMatch(/^-ERR \[AUTH\]/);
    expect(await client.pop3('AUTH PLAIN')).toBe('+ \r\n');
    expect(await client.pop3('AGFiAGM=')).toMatch(/^-ERR \[AUTH\]/);
    client.end();
  });

  it('a response fits the line of AUTH up to 255 octets, and a continuation up to 12 KiB', async () => {
    const token = await account().accessToken();
    const client = await dial();
    const long = xoauth2(shop, 'x'.repeat(2_048));
    expect(await client.pop3(`AUTH XOAUTH2 ${long}`)).toMatch(/^-ERR/);
    expect(await client.pop3('AUTH XOAUTH2')).toBe('+ \r\n');
    expect(await client.pop3(long)).toMatch(/^\+ \S+\r\n$/);
    expect(await client.pop3('')).toMatch(/^-ERR \[AUTH\]/);
    expect(await client.pop3('AUTH XOAUTH2')).toBe('+ \r\n');
    expect(await client.pop3('x'.repeat(13 * 1024))).toMatch(/^-ERR/);
    expect(await client.pop3('AUTH XOAUTH2 *')).toMatch(/^-ERR/);
    expect(await client.pop3('AUTH XOAUTH2')).toBe('+ \r\n');
    expect(await client.pop3('*')).toMatch(/^-ERR/);
    expect(await client.pop3('AUTH OAUTHBEARER')).toBe('+ \r\n');
    expect(await client.pop3(oauthbearer(shop, token))).toBe('+OK Welcome.\r\n');
    expect(await client.pop3('AUTH XOAUTH2')).toMatch(/^-ERR/);
    client.end();
  });

  it('a token opens the mailbox of its owner only', async () => {
    const client = await dial();
    await client.pop3('AUTH XOAUTH2');
    const said = await client.pop3(xoauth2(`recent:${cara}`, await account().accessToken()));
    expect(JSON.parse(Buffer.from(said.slice(2), 'base64').toString())).toMatchObject({ status: '400' });
    expect(await client.pop3('')).toMatch(/^-ERR \[AUTH\]/);
    client.end();
  });
});

describe('a session', () => {
  it('lists inbox and archived mail, oldest first, and neither Spam, Trash nor what an SMTP client sent', async () => {
    const address = mailbox();
    deliver(address, 'young');
    deliver(address, 'old', { age: DAY });
    deliver(address, 'archived', { age: 2 * DAY, labels: [] });
    for (const label of ['\\Junk', '\\Trash', '\\Draft']) deliver(address, label, { labels: [label] });
    await submit(google(), address, ['x@elsewhere.example'], mail({ Subject: 'sent' }));
    expect(await subjects(address)).toEqual(['archived', 'old', 'young']);
  });

  it('lists the 250 oldest, or with recent: before the address those of 30 days', async () => {
    const address = mailbox();
    for (let age = 300; age > 0; age -= 1) deliver(address, `${age}`, { age: (age * DAY) / 5 });
    const oldest = await subjects(address);
    expect([oldest.length, oldest[0], oldest.at(-1)]).toEqual([250, '300', '51']);
    const recent = await subjects(address, 'recent:');
    expect([recent.length, recent[0], recent.at(-1)]).toEqual([150, '150', '1']);
  });

  it('hides what was fetched once it ended with QUIT, and shows it to recent: all the same', async () => {
    const address = mailbox();
    for (const subject of ['one', 'two', 'three']) deliver(address, subject);
    const cut = await pop3LoggedIn(google(), address);
    await cut.pop3('RETR 1', 'all');
    cut.end();
    await cut.closed();
    expect(await subjects(address)).toEqual(['one', 'two', 'three']);
    const client = await pop3LoggedIn(google(), address);
    await client.pop3('TOP 1 0', 'all');
    await client.pop3('RETR 2', 'all');
    await client.pop3('DELE 3');
    expect(await client.pop3('QUIT')).toBe('+OK Farewell.\r\n');
    await client.closed();
    expect(await subjects(address)).toEqual(['one']);
    expect(await subjects(address, 'recent:')).toEqual(['one', 'two', 'three']);
    expect(google().account(address).messages('INBOX')).toHaveLength(3);
  });

  it('names each mail the same in every session, and by numbers that hold for one', async () => {
    const address = mailbox();
    deliver(address, 'first');
    const client = await pop3LoggedIn(google(), address);
    const [, uidl] = /^1 (\S+)\r\n/m.exec(await client.pop3('UIDL', 'all')) ?? [];
    expect(uidl).toMatch(/^GmailId[0-9a-f]{10,16}$/);
    deliver(address, 'older, and later', { age: DAY });
    expect(await client.pop3('STAT')).toMatch(/^\+OK 1 \d+\r\n$/);
    expect(await client.pop3('UIDL 1')).toBe(`+OK 1 ${uidl}\r\n`);
    const other = await pop3LoggedIn(google(), address);
    expect(await other.pop3('UIDL 2')).toBe(`+OK 2 ${uidl}\r\n`);
    client.end();
    other.end();
  });

  it('takes back what was to be deleted', async () => {
    const address = mailbox();
    const { raw } = deliver(address, 'x');
    const client = await pop3LoggedIn(google(), address);
    expect(await client.pop3('LIST 1')).toBe(`+OK 1 ${raw.length}\r\n`);
    await client.pop3('DELE 1');
    expect(await client.pop3('LIST 1')).toMatch(/^-ERR/);
    expect(await client.pop3('LIST', 'all')).toMatch(/^\+OK 0 messages.*\r\n\.\r\n$/);
    await client.pop3('RSET');
    expect(await client.pop3('LIST', 'all')).toContain(`\r\n1 ${raw.length}\r\n.\r\n`);
    for (const number of ['0', '2', '-1', 'x', '99999999999999999999', '']) {
      expect(await client.pop3(`RETR ${number}`)).toMatch(/^-ERR/);
    }
    client.end();
  });

  it('doubles leading dots, and gives as many lines of the text as asked', async () => {
    const address = mailbox();
    const raw = '.Odd: header\r\nSubject: dots\r\n\r\n.\r\n..\r\nthree\r\n.four';
    google().account(address).deliver(raw, { asIs: true });
    const client = await pop3LoggedIn(google(), address);
    const stuffed = '..Odd: header\r\nSubject: dots\r\n\r\n..\r\n...\r\nthree\r\n..four\r\n.\r\n';
    client.send('RETR 1\r\n');
    expect(await client.until(/four\r\n\.\r\n/)).toBe(`+OK message follows\r\n${stuffed}`);
    client.send('TOP 1 2\r\n');
    expect(await client.until(/\r\n\.\.\.\r\n\.\r\n/)).toBe(
      '+OK message follows\r\n..Odd: header\r\nSubject: dots\r\n\r\n..\r\n...\r\n.\r\n',
    );
    expect(await client.pop3('TOP 1')).toMatch(/^-ERR/);
    client.end();
  });

  it('changes no flag, and counts', async () => {
    const address = mailbox();
    deliver(address, 'x');
    const { counters } = google().account(address);
    const client = await pop3LoggedIn(google(), address);
    await client.pop3('RETR 1', 'all');
    expect(counters).toMatchObject({ pop3Connections: 1, pop3Logins: 1, pop3Commands: 1 });
    await client.pop3('QUIT');
    await client.closed();
    await expect.poll(() => counters.pop3Connections).toBe(0);
    const imap = await imapLoggedIn(google(), address);
    await imap.imap('EXAMINE INBOX');
    expect(await imap.imap('FETCH 1 FLAGS')).toContain('FLAGS ()');
    imap.end();
  });
});

describe('a fault of POP3', () => {
  it('cuts, stalls or answers at any command, and at the greeting', async () => {
    const address = mailbox();
    const { faults } = google();
    faults.pop3({ at: 'greeting', do: { reply: '-ERR [SYS/TEMP] Not now' } });
    expect(await (await dialTls(google(), 'pop3')).closed()).toBe('-ERR [SYS/TEMP] Not now\r\n');
    faults.pop3({ at: 'UIDL', do: { reply: '-ERR no' } });
    const client = await pop3LoggedIn(google(), address);
    expect(await client.pop3('UIDL')).toBe('-ERR no\r\n');
    expect(await client.pop3('UIDL', 'all')).toMatch(/^\+OK/);
    faults.pop3({ at: 'STAT', do: 'cut', mailbox: cara });
    expect(await client.pop3('STAT')).toMatch(/^\+OK/);
    faults.pop3({ at: 'STAT', do: 'cut', mailbox: address });
    client.send('STAT\r\n');
    expect(await client.closed()).toBe('');
    faults.pop3({ at: 'CAPA', do: 'stall' });
    const stalled = await dial();
    stalled.send('CAPA\r\nNOOP\r\n');
    expect(await (await dial()).pop3('NOOP')).toMatch(/^-ERR/);
    stalled.end();
    expect(await stalled.closed()).toBe('');
    faults.pop3({ at: 'CAPA', do: 'cut' });
    faults.clear();
    expect(await (await dial()).pop3('CAPA', 'all')).toMatch(/^\+OK/);
  });
});

describe('generated input', () => {
  const words = [
    'CAPA',
    'AUTH ',
    'XOAUTH2 ',
    'USER ',
    'RETR ',
    'TOP ',
    '1 ',
    '-1 ',
    '\r\n',
    '\n',
    '\r',
    '\0',
    '\u00ff',
    '=',
  ];
  const noise = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 300 })), { maxLength: 25 })
    .map((parts) => parts.join(''));

  it.each([
    ['before', () => dialTls(google(), 'pop3')],
    ['behind', () => pop3LoggedIn(google(), shop)],
  ])('does no harm %s the login', async (_, open) => {
    await fc.assert(
      fc.asyncProperty(noise, async (bytes) => {
        const client = await open();
        client.send(`${bytes}\r\n`);
        client.end();
        await client.closed();
      }),
      { numRuns: 30 },
    );
    expect(google().problems).toEqual([]);
    expect(await (await dial()).pop3('CAPA', 'all')).toMatch(/^\+OK/);
  });
});
