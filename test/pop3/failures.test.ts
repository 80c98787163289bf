// What a POP3 server or the way to it may do: each refusal is told apart, and no bytes hold the client or its memory.
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { Pop3Client } from '../../lib/pop3/client.ts';
import { makeCertificate } from '../../local/google/certificates.ts';
import { profile, token, useScriptedPop3 } from './pop3-fixture.ts';
import { CUT, type Script, STALL, startScripted, WELCOMING } from './scripted-server.ts';
import { READING, readAll } from './whole-session.ts';

const pop3 = useScriptedPop3();
const readScripted = async (script: Script) => readAll(await pop3.open(script));

describe('a refusal', () => {
  it.each<[string, Script, string]>([
    ['at the greeting', { '': '-ERR said so\r\n' }, 'POP3_REFUSED'],
    ['at the greeting, passing', { '': '-ERR [SYS/TEMP] said so\r\n' }, 'POP3_REFUSED'],
    ['of too many logins', { RESPONSE: '-ERR [LOGIN-DELAY] wait\r\n' }, 'MAILBOX_THROTTLED'],
    ['of a mailbox in use', { RESPONSE: '-ERR [in-use] locked\r\n' }, 'MAILBOX_BUSY'],
    ['of a mailbox without POP', { RESPONSE: '-ERR [SYS/PERM] said so\r\n' }, 'READING_DISABLED'],
    ['of the list, for good', { UIDL: '-ERR [SYS/PERM] said so\r\n' }, 'POP3_REFUSED'],
    ['of the token', { RESPONSE: '-ERR [AUTH] no\r\n' }, 'AUTHENTICATION_REFUSED'],
    ['of the token without a code', { RESPONSE: '-ERR no\r\n' }, 'AUTHENTICATION_REFUSED'],
    ['of the token with an unknown code', { RESPONSE: '-ERR [__proto__] no\r\n' }, 'AUTHENTICATION_REFUSED'],
    ['of the token, explained', { RESPONSE: '+ e30=\r\n', EMPTY: '-ERR no\r\n' }, 'AUTHENTICATION_REFUSED'],
    [
      'of a login too early, explained',
      { RESPONSE: '+ e30=\r\n', EMPTY: '-ERR [LOGIN-DELAY]\r\n' },
      'MAILBOX_THROTTLED',
    ],
    ['of the mechanism', { AUTH: '-ERR what?\r\n' }, 'POP3_REFUSED'],
    ['of every mechanism of ours', { CAPA: '+OK\r\nSASL PLAIN\r\n.\r\n' }, 'POP3_REFUSED'],
    ['of the list', { UIDL: '-ERR no\r\n' }, 'POP3_REFUSED'],
    ['of the list, passing', { UIDL: '-ERR [SYS/TEMP] support@shop.example\r\n' }, 'POP3_REFUSED'],
    ['of a header, passing', { TOP: '-ERR [SYS/TEMP] no\r\n' }, 'POP3_REFUSED'],
  ])('%s is told apart, and closes the connection', async (_, script, code) => {
    const error = await readScripted({ ...READING, ...script }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toMatch(/shop\.example|good|said so/);
    await expect.poll(pop3.server.openConnections).toBe(0);
  });

  it('of a mail that is streamed is an error', async () => {
    const client = await pop3.open({ RETR: '-ERR no\r\n' });
    await expect(client.stream(1, 'RETR')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'POP3_REFUSED',
    });
  });
});

describe('hostile bytes', () => {
  const endless = (text: string) => (socket: TLSSocket) => {
    const piece = Buffer.alloc(64 * 1024, text);
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.write('+OK\r\n');
    socket.on('drain', more);
    more();
  };

  it.each<[string, Script]>([
    ['a greeting that is none', { '': '220 smtp.example ESMTP\r\n' }],
    ['an empty greeting', { '': '\r\n' }],
    ['NUL bytes', { '': Buffer.alloc(100_000) }],
    ['a line without an end', { '': Buffer.alloc(100_000, '+') }],
    ['a long line', { '': `+OK ${'x'.repeat(9_000)}\r\n` }],
    ['capabilities without an end', { CAPA: endless('X-A\r\n') }],
    ['a list without an end', { UIDL: endless('1 a\r\n') }],
    ['a number twice', { UIDL: '+OK\r\n1 a\r\n1 b\r\n.\r\n' }],
    ['number 0', { UIDL: '+OK\r\n0 a\r\n.\r\n' }],
    ['a negative number', { UIDL: '+OK\r\n-1 a\r\n.\r\n' }],
    ['a number that is none', { UIDL: '+OK\r\nx a\r\n.\r\n' }],
    ['a huge number', { UIDL: '+OK\r\n99999999999999999999 a\r\n.\r\n' }],
    ['a unique-id with a space', { UIDL: '+OK\r\n1 a b\r\n.\r\n' }],
    ['a unique-id beyond ASCII', { UIDL: '+OK\r\n1 \u00e9\r\n.\r\n' }],
    ['no unique-id', { UIDL: '+OK\r\n1 \r\n.\r\n' }],
    ['a list with bare line feeds', { UIDL: '+OK\r\n1 a\n2 b\r\n.\r\n' }],
    ['a size that is none', { LIST: '+OK\r\n1 -5\r\n.\r\n' }],
    ['a mail longer than may be', { RETR: endless('x') }],
  ])('%s end in a refusal, in bounded time and memory', async (_, script) => {
    await expect(readScripted({ ...READING, ...script })).rejects.toMatchObject({ code: 'POP3_REFUSED' });
    await expect.poll(pop3.server.openConnections).toBe(0);
  });

  it.each<[string, string]>([
    ['a lone line feed', '+OK\r\n1 one\r\n2 two\r\n\n.\n'],
    ['a lone carriage return', '+OK\r\n1 one\r\n.\r'],
    ['a dot and more', '+OK\r\n1 one\r\n. \r\n'],
  ])('%s is no end of an answer', async (_, UIDL) => {
    const client = await pop3.open({ UIDL: (socket) => socket.end(UIDL) });
    await expect(client.list()).rejects.toMatchObject({ code: 'POP3_UNREACHABLE' });
  });
});

const PHASES = ['', 'CAPA', 'AUTH', 'RESPONSE', 'UIDL', 'LIST', 'TOP', 'RETR'] as const;

describe('a connection', () => {
  it.each(PHASES)('that is cut at "%s" is unreachable', async (phase) => {
    await expect(readScripted({ ...READING, [phase]: CUT })).rejects.toMatchObject({ code: 'POP3_UNREACHABLE' });
  });

  it.each(['UIDL', 'TOP', 'RETR'])('that ends within the answer to %s is unreachable', async (phase) => {
    const answer = READING[phase];
    const half: Script = { [phase]: (socket) => socket.end(String(answer).slice(0, 12)) };
    await expect(readScripted({ ...READING, ...half })).rejects.toMatchObject({ code: 'POP3_UNREACHABLE' });
  });

  it.each(PHASES)('that stalls at "%s" ends at the deadline', async (phase) => {
    const reading = expect(readScripted({ ...READING, [phase]: STALL })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    await pop3.passDeadlineAt(phase === 'RESPONSE' ? 'dXNlcj' : phase);
    await reading;
    await expect.poll(pop3.server.openConnections).toBe(0);
  });

  it('ends at the deadline of an invocation that nobody signals', async () => {
    const { port } = await pop3.serve({ '': STALL });
    const deadline = { remainingMs: () => 50, signal: new AbortController().signal };
    const opening = Pop3Client.open({ host: '127.0.0.1', port }, profile.address, token('good'), deadline);
    await expect(opening).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('is not made when the deadline has passed', async () => {
    const { port } = await pop3.serve();
    const passed = { remainingMs: () => 60_000, signal: AbortSignal.abort() };
    const opening = Pop3Client.open({ host: '127.0.0.1', port }, profile.address, token('good'), passed);
    await expect(opening).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('to nobody is unreachable, and one to a stranger is insecure', async () => {
    const { port } = await pop3.serve();
    await pop3.server.close();
    await expect(pop3.connect(port)).rejects.toMatchObject({ code: 'POP3_UNREACHABLE' });
    const stranger = await makeCertificate('stranger.localhost');
    const server = await startScripted(WELCOMING, stranger);
    try {
      await expect(pop3.connect(server.port)).rejects.toMatchObject({ code: 'CONNECTION_INSECURE' });
      expect(server.received).toEqual([]);
    } finally {
      await server.close();
      await stranger.remove();
    }
  });
});
