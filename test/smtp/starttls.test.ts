// On port 587 nothing but EHLO and STARTTLS is said in the clear, and nothing said in the clear is believed.
import { describe, expect, it } from 'vitest';
import { CUT } from './scripted-server.ts';
import { createCertificate, MAIL, useScriptedSmtp } from './smtp-fixture.ts';

const verbs = (lines: readonly string[]) => lines.map((line) => line.split(' ')[0]);
const STARTTLS = { tls: 'starttls' } as const;

describe('STARTTLS', () => {
  const smtp = useScriptedSmtp();

  it('comes before everything else, also where EHLO does not offer it', async () => {
    const opened = await smtp.login({}, STARTTLS);
    expect(await opened.transmit(MAIL)).toMatchObject({ kind: 'accepted' });
    expect(verbs(smtp.server.received).slice(0, 4)).toEqual(['EHLO', 'STARTTLS', 'EHLO', 'AUTH']);
  });

  it.each([
    ['refused', '454 4.7.0 TLS not available', 'MAILBOX_THROTTLED'],
    ['unknown', '502 5.5.1 Unrecognized command', 'CONNECTION_INSECURE'],
    ['cut', undefined, 'SMTP_UNREACHABLE'],
    ['closed in the handshake', `220 Ready\r\n${CUT}`, expect.stringMatching(/SMTP_UNREACHABLE|CONNECTION_INSECURE/)],
  ])('%s ends the connection, and no token was said', async (_how, reply, code) => {
    await expect(smtp.login({ STARTTLS: reply }, STARTTLS)).rejects.toMatchObject({ code });
    expect(verbs(smtp.server.received)).toEqual(['EHLO', 'STARTTLS']);
  });

  it.each([
    ['not trusted', () => createCertificate()],
    ['for another host', () => createCertificate('127.0.0.2')],
  ])('ends the connection at a certificate that is %s, and no token was said', async (_what, create) => {
    const login = smtp.login({}, { ...STARTTLS, with: await create() });
    await expect(login).rejects.toMatchObject({ code: 'SMTP_UNREACHABLE' });
    expect(verbs(smtp.server.received)).toEqual(['EHLO', 'STARTTLS']);
  });

  it('forgets what the server promised before TLS', async () => {
    const ehlo = ['250-test\r\n250-STARTTLS\r\n250 AUTH XOAUTH2', '250 test'];
    await expect(smtp.login({ EHLO: ehlo }, STARTTLS)).rejects.toMatchObject({ code: 'CONNECTION_INSECURE' });
    expect(verbs(smtp.server.received)).toEqual(['EHLO', 'STARTTLS', 'EHLO']);
  });

  it('is not fooled by a server that answers EHLO with a refusal', async () => {
    await expect(smtp.login({ EHLO: '502 5.5.1 no', HELO: '250 ok' }, STARTTLS)).rejects.toMatchObject({
      code: 'SMTP_UNREACHABLE',
    });
    expect(verbs(smtp.server.received)).toEqual(['EHLO']);
  });
});
