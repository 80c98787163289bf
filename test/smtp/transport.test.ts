// The SMTP transport: over verified TLS and with XOAUTH2 or not at all, never longer than its deadline, and always clear
// on whether the whole message had been written when a connection ended.

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { SmtpSession } from '../../lib/core/sending-ports.ts';
import type { AccessToken } from '../../lib/core/token.ts';
import { createCertificate, MAIL, token, user, useScriptedSmtp } from './smtp-fixture.ts';

const REFUSED = '535-5.7.8 Username and Password not accepted.\r\n535 5.7.8 Learn more - gsmtp';

describe('the SMTP transport', () => {
  const smtp = useScriptedSmtp();
  const connect = smtp.connect;
  const login = (opened: SmtpSession) => opened.authenticate(user, token('good'), async () => token('better'));

  it('sends over one login, and one message after the other on the same connection', async () => {
    const opened = await connect();
    await login(opened);
    expect(await opened.transmit(MAIL)).toEqual({ kind: 'accepted', response: '250 2.0.0 OK', rejected: [] });
    expect(await opened.transmit(MAIL)).toMatchObject({ kind: 'accepted' });
    expect(smtp.server.connections()).toBe(1);
    expect(smtp.server.received.filter((line) => line.startsWith('AUTH'))).toHaveLength(1);
  });

  it('replaces a refused token once, and gives up at the second refusal', async () => {
    let replaced = 0;
    const replace = async (): Promise<AccessToken> => {
      replaced += 1;
      return token('better');
    };
    const other = await connect({ AUTH: REFUSED });
    await expect(other.authenticate(user, token('bad'), replace)).rejects.toMatchObject({
      code: 'AUTHENTICATION_REFUSED',
    });
    expect(replaced).toBe(1);
    const tried = smtp.server.received
      .filter((line) => line.startsWith('AUTH'))
      .map((line) => Buffer.from(line.split(' ')[2] ?? '', 'base64').toString());
    expect(tried).toEqual(['bad', 'better'].map((value) => `user=${user}\x01auth=Bearer ${value}\x01\x01`));
  });

  it('does not ask for another token when a person is wanted', async () => {
    const opened = await connect({ AUTH: '534 5.7.9 Please log in with your web browser - gsmtp' });
    const replace = () => Promise.reject(new Error('asked for another token'));
    await expect(opened.authenticate(user, token('bad'), replace)).rejects.toMatchObject({
      code: 'AUTHENTICATION_REFUSED',
    });
  });

  it.each([
    ['', '554 5.7.0 Go away. - gsmtp', 'SMTP_UNREACHABLE'],
    ['', '421 4.7.0 Too many connections. - gsmtp', 'MAILBOX_THROTTLED'],
    ['AUTH', '501 5.5.2 Cannot Decode response - gsmtp', 'AUTHENTICATION_REFUSED'],
    ['AUTH', '454 4.7.0 Too many login attempts. - gsmtp', 'MAILBOX_THROTTLED'],
  ] as const)('takes no refusal before MAIL for one of the message: "%s" %s', async (at, reply, code) => {
    const opened = await connect({ [at]: reply });
    await expect(login(opened)).rejects.toMatchObject({ code });
  });

  it('sends nothing without XOAUTH2', async () => {
    const opened = await connect({ EHLO: '250-test\r\n250 AUTH LOGIN PLAIN' });
    await expect(login(opened)).rejects.toMatchObject({ code: 'CONNECTION_INSECURE' });
    expect(smtp.server.received.map((line) => line.split(' ')[0])).toEqual(['EHLO']);
  });

  it('tells no secret to a server that offers no STARTTLS', async () => {
    const opened = await connect({ STARTTLS: '502 5.5.1 Unrecognized command. - gsmtp' }, { tls: 'starttls' });
    await expect(login(opened)).rejects.toMatchObject({ code: 'CONNECTION_INSECURE' });
    expect(smtp.server.received.join('\n')).not.toMatch(/AUTH|MAIL|Bearer/);
  });

  it('tells no secret to a server whose certificate is not trusted', async () => {
    const opened = await connect({}, { with: await createCertificate() });
    await expect(login(opened)).rejects.toMatchObject({
      code: 'CONNECTION_INSECURE',
      message: expect.stringContaining('not trusted'),
    });
    expect(smtp.server.received).toEqual([]);
  });

  it.each([
    ['MAIL', undefined, { kind: 'refused', code: 'SMTP_UNREACHABLE' }],
    ['DATA', undefined, { kind: 'refused', code: 'SMTP_UNREACHABLE' }],
    ['.', undefined, { kind: 'unknown' }],
    ['.', '550 5.4.5 Daily user sending limit exceeded. - gsmtp', { kind: 'refused', code: 'QUOTA_EXCEEDED' }],
    ['.', '421 4.3.0 Temporary System Problem. - gsmtp', { kind: 'refused', code: 'SERVER_BUSY' }],
    ['MAIL', '421 4.7.0 Too much mail. - gsmtp', { kind: 'refused', code: 'MAILBOX_THROTTLED' }],
    ['RCPT', '550 5.1.1 No such user - gsmtp', { kind: 'refused', code: 'RECIPIENT_REFUSED' }],
  ])('at %s answered %s ends as it should', async (at, reply, expected) => {
    const opened = await connect({ [at]: reply });
    await login(opened);
    expect(await opened.transmit(MAIL)).toMatchObject(expected);
  });

  it('goes on after a refused recipient with a clean transaction', async () => {
    const opened = await connect({ RCPT: '550 5.1.1 No such user - gsmtp', DATA: '503 5.5.1 RCPT first. - gsmtp' });
    await login(opened);
    await opened.transmit(MAIL);
    await opened.transmit(MAIL);
    expect(smtp.server.received.filter((line) => line === 'RSET')).toHaveLength(1);
  });

  it.each(['', 'EHLO', 'AUTH'])('waits no longer than its deadline when the server is silent at "%s"', async (at) => {
    const opened = await connect({ [at]: null });
    const logged = expect(login(opened)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await smtp.passDeadlineAt(at);
    await logged;
    expect(opened.isOpen).toBe(false);
  });

  it.each([
    ['MAIL', { kind: 'refused', code: 'DEADLINE_EXCEEDED' }],
    ['.', { kind: 'unknown' }],
  ])('ends at its deadline when the server is silent at %s', async (at, expected) => {
    const opened = await connect({ [at]: null });
    await login(opened);
    const [ended] = await Promise.all([opened.transmit(MAIL), smtp.passDeadlineAt(at)]);
    expect(ended).toMatchObject(expected);
  });

  it('takes no message once its deadline has passed', async () => {
    const opened = await connect();
    await login(opened);
    await smtp.passDeadlineAt('AUTH');
    expect(await opened.transmit(MAIL)).toMatchObject({ kind: 'refused', code: 'DEADLINE_EXCEEDED' });
    expect(smtp.server.received.join()).not.toContain('MAIL');
  });

  it('keeps tokens out of every error', async () => {
    const opened = await connect({ AUTH: REFUSED });
    const error = await opened
      .authenticate(user, token('hush'), async () => token('hush'))
      .catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/hush|aHVza|Bearer/);
  });
});
