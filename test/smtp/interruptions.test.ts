// Wherever a connection ends, a session says what became of the message: refused before the final dot, unknown after it
// and before its reply, and what the server said where it said something.
import { describe, expect, it } from 'vitest';
import type { ComposedMail } from '../../lib/core/sending-ports.ts';
import type { AccessToken } from '../../lib/core/token.ts';
import { CUT } from './scripted-server.ts';
import { ada, bob, createCertificate, MAIL, token, user, useScriptedSmtp } from './smtp-fixture.ts';

const UNREACHABLE = { kind: 'refused', code: 'SMTP_UNREACHABLE' };
const NO_PIPELINING = { EHLO: '250-test\r\n250 AUTH XOAUTH2' };
const TWO: ComposedMail = { ...MAIL, envelope: { from: user, to: [ada, bob] } };
const LINE = `${'x'.repeat(74)}\r\n`.repeat(1_000);

/** 30 MB: more than the sockets between hold, so that its end is not reached while the server reads nothing. */
function bigMail(): ComposedMail & { readonly isReleased: () => boolean } {
  let isReleased = false;
  return {
    ...MAIL,
    isReleased: () => isReleased,
    async *open() {
      try {
        for (let i = 0; i < 400; i++) yield LINE;
      } finally {
        isReleased = true;
      }
    },
  };
}

describe('before a message', () => {
  const smtp = useScriptedSmtp();

  it.each([
    ['the greeting', { '': undefined }, 'SMTP_UNREACHABLE'],
    ['EHLO', { EHLO: undefined }, 'SMTP_UNREACHABLE'],
    ['AUTH', { AUTH: undefined }, 'SMTP_UNREACHABLE'],
    ['the challenge', { AUTH: '334 e30=', '': ['220 test', undefined] }, 'SMTP_UNREACHABLE'],
    ['half an EHLO', { EHLO: `250-test\r\n${CUT}` }, 'SMTP_UNREACHABLE'],
    ['the greeting, by 421', { '': '421 4.3.0 Try again later. - gsmtp' }, 'SERVER_BUSY'],
    ['EHLO, by 421', { EHLO: '421 4.7.0 Try again later. - gsmtp' }, 'MAILBOX_THROTTLED'],
    ['AUTH, by 421', { AUTH: '421 4.7.0 Try again later. - gsmtp' }, 'MAILBOX_THROTTLED'],
    ['endless EHLO', { EHLO: `250-${'x'.repeat(1_000)}\r\n`.repeat(3_000) }, 'SMTP_UNREACHABLE'],
    ['no SMTP', { '': 'HTTP/1.1 400 Bad Request' }, 'SMTP_UNREACHABLE'],
  ])('an end at %s is named', async (_at, script, code) => {
    await expect(smtp.login(script)).rejects.toMatchObject({ code, name: code });
    expect(smtp.server.received.join('\n')).not.toContain('MAIL');
  });

  it('a certificate for another host tells the server nothing', async () => {
    await expect(smtp.login({}, { with: await createCertificate('127.0.0.2') })).rejects.toMatchObject({
      code: 'CONNECTION_INSECURE',
    });
    expect(smtp.server.received).toEqual([]);
  });

  it('a challenge is answered by an empty line, and the token that follows is taken', async () => {
    const opened = await smtp.connect({
      AUTH: ['334 eyJzdGF0dXMiOiI0MDAifQ==', '235 2.7.0 Accepted'],
      '': ['220 test', '535-5.7.8 Username and Password not accepted.\r\n535 5.7.8 - gsmtp'],
    });
    await opened.authenticate(user, token('bad'), async () => token('better'));
    const told = smtp.server.received.map((line) => line.slice(0, 12));
    expect(told).toEqual(['EHLO [127.0.', 'AUTH XOAUTH2', '', 'AUTH XOAUTH2']);
    expect(await opened.transmit(MAIL)).toMatchObject({ kind: 'accepted' });
  });

  it('what kept the replacement of a token is what is reported', async () => {
    const opened = await smtp.connect({ AUTH: '535 5.7.8 no' });
    const cause = new Error('from the token source');
    await expect(opened.authenticate(user, token('bad'), () => Promise.reject(cause))).rejects.toMatchObject({ cause });
    expect(smtp.server.received.filter((line) => line.startsWith('AUTH'))).toHaveLength(1);
  });

  it('a replacement that never comes ends at the deadline', async () => {
    const opened = await smtp.connect({ AUTH: '535 5.7.8 no' });
    const never = () => new Promise<AccessToken>(() => void smtp.passDeadlineAt('AUTH'));
    await expect(opened.authenticate(user, token('bad'), never)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(opened.isOpen).toBe(false);
  });
});

describe('an idle connection', () => {
  const smtp = useScriptedSmtp();

  it.each([['421 4.4.2 Timeout - closing connection. - gsmtp'], [undefined]])(
    'that ends with %s is not open, and takes no message',
    async (text) => {
      const opened = await smtp.login();
      smtp.server.interrupt(text);
      await expect.poll(() => opened.isOpen).toBe(false);
      expect(await opened.transmit(MAIL)).toMatchObject(UNREACHABLE);
    },
  );
});

describe('a message', () => {
  const smtp = useScriptedSmtp();

  it.each([
    ['MAIL', { MAIL: undefined }],
    ['MAIL, without pipelining', { MAIL: undefined, ...NO_PIPELINING }],
    ['RCPT', { RCPT: undefined }],
    ['RCPT, without pipelining', { RCPT: undefined, ...NO_PIPELINING }],
    ['DATA', { DATA: undefined }],
    ['DATA, without pipelining', { DATA: undefined, ...NO_PIPELINING }],
    ['half the reply to MAIL', { MAIL: `250 2.1${CUT}` }],
    ['DATA, where one recipient had been refused', { RCPT: ['550 5.1.1 no', '250 OK'], DATA: undefined }],
  ])('was not sent when the connection ends at %s', async (_at, script) => {
    const opened = await smtp.login(script);
    expect(await opened.transmit(TWO)).toEqual(UNREACHABLE);
    expect(opened.isOpen).toBe(false);
    expect(smtp.server.received).not.toContain('.');
  });

  it('was not sent when the server cuts amid its body, whose source is let go', async () => {
    const mail = bigMail();
    const opened = await smtp.login({ BODY: undefined });
    expect(await opened.transmit(mail)).toEqual(UNREACHABLE);
    expect(opened.isOpen).toBe(false);
    await expect.poll(mail.isReleased).toBe(true);
  });

  it('was refused when the server says 421 amid its body', async () => {
    const opened = await smtp.login({ BODY: ['421 4.3.0 Try again later. - gsmtp', null] });
    expect(await opened.transmit(bigMail())).toMatchObject({ kind: 'refused', code: 'SERVER_BUSY' });
    expect(opened.isOpen).toBe(false);
  });

  it.each([
    ['the connection ends', undefined],
    ['the connection ends amid its reply', `250 2.0${CUT}`],
    ['the reply says neither yes nor no', '354 Go on'],
    ['the reply is no SMTP', 'hello'],
  ])('may have been sent when %s after its final dot', async (_how, reply) => {
    const opened = await smtp.login({ '.': reply });
    expect(await opened.transmit(MAIL)).toEqual({ kind: 'unknown' });
    expect(smtp.server.received).toContain('.');
  });

  it('may have been sent when the server answers its final dot with half a reply until the deadline', async () => {
    const opened = await smtp.login({ '.': '250-2.0.0 one line of more' });
    const [ended] = await Promise.all([opened.transmit(MAIL), smtp.passDeadlineAt('.')]);
    expect(ended).toEqual({ kind: 'unknown' });
    expect(opened.isOpen).toBe(false);
  });

  it.each([
    ['MAIL', '421 4.3.0 x', 'SERVER_BUSY'],
    ['RCPT', '421 4.7.0 x', 'MAILBOX_THROTTLED'],
    ['DATA', '421 4.4.5 x', 'SERVER_BUSY'],
    ['.', '421 4.3.0 x', 'SERVER_BUSY'],
    ['.', `550 5.4.5 x${CUT}`, 'QUOTA_EXCEEDED'],
  ])('was refused by %s answered %s, which ends the connection', async (at, reply, code) => {
    const opened = await smtp.login({ [at]: reply });
    expect(await opened.transmit(MAIL)).toMatchObject({ kind: 'refused', code });
    expect(opened.isOpen).toBe(false);
  });

  it.each([
    ['with', {}],
    ['without', NO_PIPELINING],
  ])('names each recipient that was refused, %s pipelining', async (_how, ehlo) => {
    const opened = await smtp.login({ ...ehlo, RCPT: ['550 5.1.1 no such user', '250 OK'] });
    expect(await opened.transmit(TWO)).toEqual({
      kind: 'accepted',
      response: '250 2.0.0 OK',
      rejected: [{ address: ada, code: 'RECIPIENT_REFUSED', response: '550 5.1.1 no such user' }],
    });
  });

  it('is tried again when one of its recipients only has to wait and the others are refused', async () => {
    const opened = await smtp.login({ RCPT: ['450 4.2.1 later', '550 5.1.1 no'], DATA: '503 5.5.1 RCPT first' });
    expect(await opened.transmit(TWO)).toMatchObject({ kind: 'refused', code: 'RECIPIENT_BUSY' });
  });

  it('follows a refused one on the same connection, after RSET', async () => {
    const opened = await smtp.login({ MAIL: ['550 5.7.0 no', '250 OK'], DATA: ['503 5.5.1 no', '354 Go ahead'] });
    expect(await opened.transmit(MAIL)).toMatchObject({ kind: 'refused', code: 'POLICY_REFUSED' });
    expect(opened.isOpen).toBe(true);
    expect(await opened.transmit(MAIL)).toMatchObject({ kind: 'accepted' });
    const verbs = smtp.server.received.map((line) => line.split(' ')[0]);
    expect(verbs.slice(2, 8)).toEqual(['MAIL', 'RCPT', 'DATA', 'RSET', 'MAIL', 'RCPT']);
    expect(smtp.server.connections()).toBe(1);
  });

  it('reaches the server byte for byte, dots at the start of lines included', async () => {
    const opened = await smtp.login();
    const body = 'Subject: x\r\n\r\n.\r\n..\r\n.a\r\n';
    expect(
      await opened.transmit({
        ...MAIL,
        open: async function* () {
          yield body;
        },
      }),
    ).toMatchObject({ kind: 'accepted' });
    const received = smtp.server.received.slice(smtp.server.received.indexOf('DATA') + 1, -1);
    expect(received.map((line) => line.replace(/^\./, ''))).toEqual(body.split('\r\n').slice(0, -1));
  });
});
