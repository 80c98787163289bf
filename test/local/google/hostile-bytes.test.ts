// Whatever bytes come in, the servers answer or close, stay up, and report no fault of their own; and a mail's body
// arrives the same wherever its segments are cut.
import { connect as connectTcp } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gmailQuery } from '../../../local/google/gmail-query.ts';
import { headerFields } from '../../../local/google/header-fields.ts';
import { ImapSyntaxError, parseCommand } from '../../../local/google/imap-parser.ts';
import { bodyStructure } from '../../../local/google/imap-structure.ts';
import { mimeParts } from '../../../local/google/mime-parts.ts';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { dialPlain, dialTls, imapLoggedIn, mail, type RawClient, smtpLoggedIn } from './raw-client.ts';

const google = useGoogle();
const smtpWords = [
  'EHLO x',
  'MAIL FROM:<',
  '>',
  'RCPT TO:<a@b.c>',
  'DATA',
  'BDAT 5',
  'LAST',
  'AUTH XOAUTH2 ',
  '=',
  '\r\n',
  '\n',
  '\r',
  '\0',
  '.',
  '\u00ff',
  '\ud83d\ude00',
];
const imapWords = [
  'a ',
  'UID ',
  'FETCH ',
  '1:*',
  ' (',
  ')',
  'BODY[',
  ']',
  '<0.',
  '{3}\r\n',
  '{0+}\r\n',
  '"',
  '\\',
  'SEARCH ',
  'STORE 1 +FLAGS ',
  'LIST ',
  'X-GM-RAW ',
  '\r\n',
  '\0',
  '\u00ff',
  '*',
  'constructor',
];
const noise = (words: string[]) =>
  fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 12 })), { maxLength: 25 })
    .map((parts) => parts.join(''));

/** Writes, then hangs up; resolves when the server has let go. */
async function pour(client: RawClient, bytes: string): Promise<void> {
  client.send(`${bytes}\r\n`);
  client.end();
  await client.closed();
}

describe('generated input', () => {
  it.each([
    ['SMTP before the login', () => dialPlain(google()), smtpWords],
    ['SMTP behind the login', () => smtpLoggedIn(google(), shop), smtpWords],
    ['IMAP before the login', () => dialTls(google(), 'imap'), imapWords],
    ['IMAP behind the login', () => imapLoggedIn(google(), shop), imapWords],
  ])('does no harm to %s', async (_, dial, words) => {
    await fc.assert(
      fc.asyncProperty(noise(words), async (bytes) => pour(await dial(), bytes)),
      { numRuns: 40, endOnFailure: true },
    );
    expect(google().problems).toEqual([]);
  });

  it('every IMAP command answers with one tagged line, whatever its arguments', async () => {
    google()
      .account(cara)
      .deliver(mail({ Subject: 'x' }));
    const client = await imapLoggedIn(google(), cara);
    await client.imap('SELECT INBOX');
    const names = [
      'FETCH',
      'STORE',
      'SEARCH',
      'COPY',
      'MOVE',
      'APPEND',
      'LIST',
      'STATUS',
      'ENABLE',
      'CREATE',
      'UID',
      'ID',
    ];
    const argument = fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n]|\{\d+\+?\}$/g, '?'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), argument, async (name, text) => {
        await client.imap(`SELECT INBOX`);
        expect(await client.imap(`${name} ${text}`)).toMatch(/(?:^|\r\n)a (?:OK|NO|BAD) .*\r\n$/);
      }),
      { numRuns: 150, endOnFailure: true },
    );
    client.end();
  });

  it('reads any bytes as a mail: header, structure and parts', () => {
    const words = [
      'Content-Type: multipart/mixed; boundary=b\r\n',
      'Content-Type: message/rfc822\r\n',
      '--b',
      '--b--',
      '\r\n',
      '\n',
      'From: ',
      '"',
      '(',
      ';',
      '=',
      '\0',
    ];
    fc.assert(
      fc.property(noise(words), (text) => {
        const raw = Buffer.from(text);
        const parts = mimeParts(raw);
        expect(parts.end).toBe(raw.length);
        expect(headerFields(raw).every((field) => field.end > field.start)).toBe(true);
        expect(bodyStructure(raw, parts, true)).toMatch(/^\(.*\)$/s);
      }),
      { numRuns: 300 },
    );
  });

  it('parses commands or says what is wrong with them, and any search text', () => {
    fc.assert(
      fc.property(noise(imapWords), (text) => {
        const lines = text.split('\r\n').map((line) => Buffer.from(line));
        const literals = lines.map(() => Buffer.from('abc'));
        try {
          expect(parseCommand({ lines, literals }).name).toBeTypeOf('string');
        } catch (error) {
          expect(error).toBeInstanceOf(ImapSyntaxError);
        }
        expect(gmailQuery(text)).toBeTypeOf('function');
      }),
      { numRuns: 300 },
    );
  });
});

describe('bounds', () => {
  it('refuses an endless SMTP command and goes on behind its line end', async () => {
    const client = await dialTls(google(), 'smtps');
    await client.reply();
    client.send('x'.repeat(300_000));
    expect(await client.smtp('')).toMatch(/^555 5\.5\.2/);
    expect(await client.smtp('NOOP')).toMatch(/^250/);
    client.end();
  });

  it('refuses an endless IMAP command, literals too large, and literals without end', async () => {
    const client = await imapLoggedIn(google(), shop);
    client.send(`${'x'.repeat(300_000)}\r\n`);
    expect(await client.until(/\r\n/)).toBe('* BAD Command line too long\r\n');
    expect(await client.imap('SEARCH SUBJECT {99999999}')).toContain('a NO [TOOBIG]');
    expect(await client.imap('APPEND INBOX {99999999}')).toContain('a NO [TOOBIG]');
    expect(await client.imap('NOOP')).toContain('a OK');
    client.send('a SEARCH SUBJECT {99999999+}\r\n');
    await client.closed();
  });

  it('survives nesting beyond reason, in commands and in mail', async () => {
    const deep = `${'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(3000)}end`;
    google().account(shop).deliver(deep, { asIs: true });
    const client = await imapLoggedIn(google(), shop);
    expect(await client.imap(`SEARCH ${'('.repeat(5000)}`)).toMatch(/a BAD/);
    expect(await client.imap(`LIST "" ${'('.repeat(5000)}${')'.repeat(5000)}`)).toMatch(/a BAD/);
    await client.imap('SELECT INBOX');
    expect(await client.imap('FETCH * BODYSTRUCTURE')).toContain('a OK');
    client.end();
  });

  it('lets nothing that a client sends become a line of an answer', async () => {
    const client = await imapLoggedIn(google(), shop);
    const evil = 'x\r\na OK forged';
    await client.imap('SELECT INBOX');
    for (const command of ['SELECT', 'STORE 1 +FLAGS', 'STORE 1 +X-GM-LABELS', 'CREATE', 'FETCH 1', 'STATUS']) {
      client.send(`a ${command} {${evil.length}}\r\n`);
      await client.until(/\+ go ahead\r\n/);
      client.send(`${evil}\r\n`);
      const said = await client.until(/(?:^|\r\n)a (?:OK|NO|BAD)[^\r\n]*\r\n/);
      expect(said).toMatch(/^a (?:NO|BAD) /);
    }
    expect(await client.imap('NOOP', 'b')).toMatch(/b OK/);
    client.end();
  });

  it('lets go of a peer that sends no TLS', async () => {
    const { host, port } = google().endpoints.imap;
    const socket = connectTcp({ host, port });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.0\r\n\r\n');
    await closed;
  });
});

it('delivers the same mail wherever its bytes are cut', async () => {
  const raw = mail({ 'Message-ID': '<cut@shop.example>', Subject: 'cut' }, '.\r\n..\r\n\r\nx\n.\ny\r\n');
  const wire = Buffer.from(`${raw.replace(/\r\n\./g, '\r\n..')}.\r\nNOOP\r\n`);
  const client = await smtpLoggedIn(google(), shop);
  for (let at = 1; at < wire.length; at += 1) {
    await client.smtp(`MAIL FROM:<${shop}>`);
    await client.smtp(`RCPT TO:<${cara}>`);
    await client.smtp('DATA');
    client.send(wire.subarray(0, at));
    await new Promise((resolve) => setImmediate(resolve));
    client.send(wire.subarray(at));
    expect(await client.reply()).toMatch(/^250 2\.0\.0 OK {2}/);
    expect(await client.reply()).toMatch(/^250 2\.0\.0 OK/);
  }
  client.end();
  const got = google()
    .account(cara)
    .messages('INBOX')
    .filter((message) => message.raw.includes('<cut@shop.example>'));
  expect(got).toHaveLength(wire.length - 1);
  expect(got.every((message) => message.raw.toString().endsWith('\r\n\r\n.\r\n..\r\n\r\nx\n.\ny\r\n'))).toBe(true);
});
