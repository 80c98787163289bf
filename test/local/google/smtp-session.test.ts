// Gmail's SMTP dialogue, byte by byte: greeting, EHLO, authentication, order of commands, and every refusal's text.
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { dialPlain, dialTls, mail, oauthbearer, type RawClient, smtpLoggedIn, xoauth2 } from './raw-client.ts';

const google = useGoogle();
const open: RawClient[] = [];
const keep = async (client: Promise<RawClient>) => {
  open.push(await client);
  return client;
};
const tls = () => keep(dialTls(google(), 'smtps'));
const plain = () => keep(dialPlain(google()));
const loggedIn = () => keep(smtpLoggedIn(google(), shop));
afterEach(() => {
  for (const client of open.splice(0)) client.end();
});

describe('the hello', () => {
  it('greets and lists Gmail’s extensions on 465, AUTH with them', async () => {
    const client = await tls();
    expect(await client.reply()).toMatch(/^220 smtp\.gmail\.com ESMTP \S+ - gsmtp\r\n$/);
    expect(await client.smtp('EHLO client.example')).toBe(
      [
        '250-smtp.gmail.com at your service, [127.0.0.1]',
        '250-SIZE 35882577',
        '250-8BITMIME',
        '250-AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH',
        '250-ENHANCEDSTATUSCODES',
        '250-PIPELINING',
        '250-CHUNKING',
        '250 SMTPUTF8\r\n',
      ].join('\r\n'),
    );
  });

  it('offers STARTTLS and no AUTH on 587, and the reverse behind the handshake', async () => {
    const client = await plain();
    await client.reply();
    const before = await client.smtp('EHLO client.example');
    expect(before).toContain('250-STARTTLS');
    expect(before).not.toContain('AUTH');
    expect(await client.smtp('MAIL FROM:<a@b.example>')).toMatch(/^530 5\.7\.0 Must issue a STARTTLS command first/);
    expect(await client.smtp(`AUTH XOAUTH2 abcd`)).toMatch(/^530 5\.7\.0 Must issue a STARTTLS command first/);
    expect(await client.smtp('STARTTLS')).toBe('220 2.0.0 Ready to start TLS\r\n');
    await client.startTls(google().endpoints.ca);
    expect(await client.smtp('MAIL FROM:<a@b.example>')).toMatch(/^503 5\.5\.1 EHLO\/HELO first/);
    const after = await client.smtp('EHLO client.example');
    expect(after).toContain('250-AUTH LOGIN PLAIN XOAUTH2');
    expect(after).not.toContain('STARTTLS');
    const token = await google().account(shop).accessToken();
    expect(await client.smtp(`AUTH XOAUTH2 ${xoauth2(shop, token)}`)).toBe('235 2.7.0 Accepted\r\n');
  });

  it('refuses clients that do not trust its certificate, and goes on', async () => {
    const { host, port } = google().endpoints.smtps;
    const code = await new Promise((resolve) => {
      connectTls({ host, port }).once('error', (error) => resolve('code' in error ? error.code : undefined));
    });
    expect(code).toMatch(/SELF_SIGNED/);
    expect(await (await tls()).reply()).toMatch(/^220/);
  });
});

describe('authentication', () => {
  const attempt = async (line: string) => {
    const client = await tls();
    await client.reply();
    await client.smtp('EHLO client.example');
    return { client, said: await client.smtp(line) };
  };

  it('takes XOAUTH2 and OAUTHBEARER, as initial response and as continuation', async () => {
    const token = await google().account(shop).accessToken();
    for (const [name, response] of [
      ['XOAUTH2', xoauth2(shop, token)],
      ['OAUTHBEARER', oauthbearer(shop, token)],
    ]) {
      const direct = await attempt(`AUTH ${name} ${response}`);
      expect(direct.said).toBe('235 2.7.0 Accepted\r\n');
      const asked = await attempt(`AUTH ${name}`);
      expect(asked.said).toBe('334 \r\n');
      expect(await asked.client.smtp(`${response}`)).toBe('235 2.7.0 Accepted\r\n');
    }
  });

  it.each([
    ['a token nobody issued', async () => xoauth2(shop, 'ya29.nothing')],
    ['somebody else’s token', async () => xoauth2(shop, await google().account(cara).accessToken())],
    ['an unknown user', async () => xoauth2('nobody@shop.example', await google().account(shop).accessToken())],
    ['a broken response', async () => Buffer.from('user=x').toString('base64')],
  ])('answers %s with a challenge, and with 535 only after the empty line', async (_, response) => {
    const { client, said } = await attempt(`AUTH XOAUTH2 ${await response()}`);
    const challenge: unknown = JSON.parse(Buffer.from(said.slice(4), 'base64').toString());
    expect(challenge).toEqual({ status: '400', schemes: 'Bearer', scope: 'https://mail.google.com/' });
    expect(await client.smtp('')).toMatch(
      /^535-5\.7\.8 Username and Password not accepted\. For more information, go to\r\n535 5\.7\.8 {2}https:\/\/support\.google\.com\/mail\/\?p=BadCredentials \S+ - gsmtp\r\n$/,
    );
    expect(await client.smtp('NOOP')).toMatch(/^250 2\.0\.0 OK/);
  });

  it('refuses a token that has expired', async () => {
    const token = await google().account(shop).accessToken();
    google().account(shop).expireAccessTokens();
    expect((await attempt(`AUTH XOAUTH2 ${xoauth2(shop, token)}`)).said).toMatch(/^334 /);
  });

  it('leads passwords through their dialogue and refuses them', async () => {
    const { client, said } = await attempt('AUTH LOGIN');
    expect(said).toBe('334 VXNlcm5hbWU6\r\n');
    expect(await client.smtp('YQ==')).toBe('334 UGFzc3dvcmQ6\r\n');
    expect(await client.smtp('YQ==')).toMatch(/^535-5\.7\.8/);
    expect((await attempt('AUTH PLAIN AGEAYg==')).said).toMatch(/^535-5\.7\.8/);
  });

  it('tells bad base64, a cancelled dialogue, an unknown mechanism and a second AUTH apart', async () => {
    expect((await attempt('AUTH XOAUTH2 !!!')).said).toMatch(/^501 5\.5\.2/);
    expect((await attempt('AUTH GSSAPI')).said).toMatch(/^504 5\.7\.4/);
    const { client } = await attempt('AUTH XOAUTH2');
    expect(await client.smtp('*')).toMatch(/^501 5\.7\.0/);
    expect(await (await loggedIn()).smtp('AUTH XOAUTH2 YQ==')).toMatch(/^503 5\.5\.1/);
  });
});

describe('the transaction', () => {
  it('answers each step in Gmail’s words', async () => {
    const client = await loggedIn();
    expect(await client.smtp(`MAIL FROM:<${shop}> SIZE=100 BODY=8BITMIME`)).toMatch(/^250 2\.1\.0 OK \S+ - gsmtp\r\n$/);
    expect(await client.smtp(`RCPT TO:<${cara}>`)).toMatch(/^250 2\.1\.5 OK \S+ - gsmtp\r\n$/);
    expect(await client.smtp('DATA')).toMatch(/^354 {2}Go ahead \S+ - gsmtp\r\n$/);
    expect(await client.smtp(`${mail({ Subject: 'x' })}.`)).toMatch(/^250 2\.0\.0 OK {2}\d{10} \S+ - gsmtp\r\n$/);
    expect(await client.smtp('RSET')).toMatch(/^250 2\.1\.5 Flushed/);
    expect(await client.smtp('QUIT')).toMatch(/^221 2\.0\.0 closing connection \S+ - gsmtp\r\n$/);
    await client.closed();
  });

  it('answers pipelined commands in order, the refused recipient among them', async () => {
    const client = await loggedIn();
    const lines = ['MAIL FROM:<x@y.example>', `RCPT TO:<${cara}>`, 'RCPT TO:<nobody@home.example>', 'DATA'];
    client.send(`${lines.join('\r\n')}\r\n`);
    expect(await client.reply()).toMatch(/^250 2\.1\.0/);
    expect(await client.reply()).toMatch(/^250 2\.1\.5/);
    expect(await client.reply()).toMatch(
      /^550-5\.1\.1 The email account that you tried to reach does not exist\. Please try\r\n550-5\.1\.1 double-checking.*\r\n550-5\.1\.1 unnecessary.*\r\n550 5\.1\.1 {2}https:\/\/support\.google\.com\/mail\/\?p=NoSuchUser/,
    );
    expect(await client.reply()).toMatch(/^354/);
    client.send(`${mail({ Subject: 'piped' })}.\r\nNOOP\r\n`);
    expect(await client.reply()).toMatch(/^250 2\.0\.0 OK {2}\d/);
    expect(await client.reply()).toMatch(/^250 2\.0\.0 OK \S+ - gsmtp/);
  });

  it.each([
    ['MAIL before AUTH', 'MAIL FROM:<a@b.example>', /^530-5\.7\.0 Authentication Required\. .*\r\n530 5\.7\.0 /],
    ['RCPT before AUTH', 'RCPT TO:<a@b.example>', /^530-5\.7\.0/],
    ['DATA before AUTH', 'DATA', /^530-5\.7\.0/],
    ['an unknown command', 'FROB', /^502-5\.5\.1 Unrecognized command/],
    ['an empty line', '', /^502-5\.5\.1/],
    ['VRFY', 'VRFY x', /^252 2\.1\.5/],
    ['HELP', 'HELP', /^214 2\.0\.0/],
  ])('answers %s without a login', async (_, line, expected) => {
    const client = await tls();
    await client.reply();
    await client.smtp('EHLO client.example');
    expect(await client.smtp(line)).toMatch(expected);
  });

  it.each([
    ['RCPT before MAIL', [`RCPT TO:<${cara}>`], /^503 5\.5\.1 MAIL first/],
    ['DATA before RCPT', ['MAIL FROM:<a@b.example>', 'DATA'], /^503 5\.5\.1 RCPT first/],
    ['a second MAIL', ['MAIL FROM:<a@b.example>', 'MAIL FROM:<a@b.example>'], /^503 5\.5\.1/],
    ['a path without brackets', ['MAIL FROM: a@b.example'], /^555 5\.5\.2/],
    ['a bad SIZE', ['MAIL FROM:<a@b.example> SIZE=big'], /^555 5\.5\.2/],
    ['a SIZE over the limit', ['MAIL FROM:<a@b.example> SIZE=35882578'], /^552-5\.2\.3 Your message exceeded Google's/],
    ['a recipient without a domain', ['MAIL FROM:<a@b.example>', 'RCPT TO:<cara>'], /^553-5\.1\.3/],
    ['UTF-8 without SMTPUTF8', ['MAIL FROM:<a@b.example>', 'RCPT TO:<ü@far.example>'], /^553 5\.6\.7/],
    ['UTF-8 with SMTPUTF8', ['MAIL FROM:<a@b.example> SMTPUTF8', 'RCPT TO:<ü@far.example>'], /^250 2\.1\.5/],
    ['DATA after BDAT', ['MAIL FROM:<a@b.example>', `RCPT TO:<${cara}>`, 'BDAT 2\r\nab', 'DATA'], /^503 5\.5\.1/],
  ])('answers %s', async (_, lines, expected) => {
    const client = await loggedIn();
    for (const line of lines.slice(0, -1)) {
      // BDAT's bytes follow their line without a line end of their own.
      if (line.startsWith('BDAT')) client.send(line);
      else client.send(`${line}\r\n`);
      await client.reply();
    }
    expect(await client.smtp(lines.at(-1) ?? '')).toMatch(expected);
  });

  it('takes 100 recipients and refuses the next', async () => {
    const client = await loggedIn();
    await client.smtp('MAIL FROM:<a@b.example>');
    for (let n = 0; n < 100; n += 1) expect(await client.smtp(`RCPT TO:<r${n}@far.example>`)).toMatch(/^250/);
    expect(await client.smtp('RCPT TO:<one@far.example>')).toMatch(/^452-4\.5\.3/);
  });

  it('takes a mail in chunks, whatever bytes they are, and refuses what is announced too large', async () => {
    const client = await loggedIn();
    await client.smtp('MAIL FROM:<a@b.example> BODY=BINARYMIME');
    await client.smtp(`RCPT TO:<${cara}>`);
    const head = Buffer.from(mail({ Subject: 'chunked', 'Message-ID': '<chunked@b.example>' }, ''));
    const body = Buffer.from('no end\r\n.\r\n..here\x00\xff', 'latin1');
    client.send(Buffer.concat([Buffer.from(`BDAT ${head.length}\r\n`), head]));
    expect(await client.reply()).toMatch(new RegExp(`^250 2\\.0\\.0 OK ${head.length} octets`));
    client.send(Buffer.concat([Buffer.from(`BDAT ${body.length} LAST\r\n`), body, Buffer.from('NOOP\r\n')]));
    expect(await client.reply()).toMatch(/^250 2\.0\.0 OK {2}\d{10}/);
    expect(await client.reply()).toMatch(/^250 2\.0\.0 OK/);
    const got = google()
      .account(cara)
      .messages('INBOX')
      .find((each) => each.raw.includes('<chunked@b.example>'));
    expect(got?.raw.subarray(-body.length)).toEqual(body);
    await client.smtp('MAIL FROM:<a@b.example>');
    await client.smtp(`RCPT TO:<${cara}>`);
    client.send('BDAT 36000000 LAST\r\n');
    client.send(Buffer.alloc(36_000_000, 'x'));
    expect(await client.reply()).toMatch(/^552-5\.2\.3/);
  });

  it('refuses a body over the limit at its end, stays in step, and keeps nothing', async () => {
    const before = google().account(shop).counters.mailsAccepted;
    const client = await loggedIn();
    await client.smtp('MAIL FROM:<a@b.example>');
    await client.smtp(`RCPT TO:<${cara}>`);
    await client.smtp('DATA');
    const block = Buffer.from(`${'x'.repeat(998)}\r\n`.repeat(1000));
    for (let n = 0; n < 36; n += 1) client.send(block);
    expect(await client.smtp('.')).toMatch(/^552-5\.2\.3/);
    expect(await client.smtp('NOOP')).toMatch(/^250/);
    expect(google().account(shop).counters.mailsAccepted).toBe(before);
  });

  it('closes after six protocol errors', async () => {
    const client = await tls();
    await client.reply();
    for (let n = 0; n < 5; n += 1) expect(await client.smtp('FROB')).toMatch(/^502/);
    client.send('FROB\r\n');
    expect(await client.closed()).toMatch(/421 4\.7\.0 Too many protocol errors/);
  });

  it('counts logins, commands and connections of an account', async () => {
    const { counters } = google().account(cara);
    const first = await keep(smtpLoggedIn(google(), cara));
    await keep(smtpLoggedIn(google(), cara));
    await first.smtp('NOOP');
    expect(counters).toMatchObject({ smtpLogins: 2, smtpCommands: 1, smtpConnections: 2, smtpConnectionsAtMost: 2 });
    await first.smtp('QUIT');
    await first.closed();
    expect(counters.smtpConnectionsAtMost).toBe(2);
  });
});

it('forgets what was injected in clear text before the handshake', async () => {
  const client = await plain();
  await client.reply();
  await client.smtp('EHLO client.example');
  // RFC 3207: a command sent together with STARTTLS must not be obeyed behind it.
  client.send('STARTTLS\r\nEHLO injected.example\r\n');
  expect(await client.reply()).toMatch(/^220/);
  await client.startTls(google().endpoints.ca);
  expect(await client.smtp('NOOP')).toMatch(/^250 2\.0\.0 OK \S+ - gsmtp\r\n$/);
});
