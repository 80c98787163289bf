// The POP3 client: the same bytes come out wherever they were cut, refusals are told apart, and nothing that it says
// changes a mailbox.
import type { TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pop3Client } from '../../lib/pop3/client.ts';
import { useScriptedPop3 } from './pop3-fixture.ts';
import { CUT, type Script, type Segments, STALL } from './scripted-server.ts';

const pop3 = useScriptedPop3();
const PIPELINING = '+OK\r\nSASL XOAUTH2\r\nPIPELINING\r\nTOP\r\nUIDL\r\n.\r\n';
const HEADER = '.Dotted: yes\r\nSubject: \xe9\xff\r\n\r\n';
const MAIL = Buffer.from(`${HEADER}.\r\n..\r\n.x\r\n\0\r.\r\n\n.\r\n\r\n.`, 'latin1');

/** As RFC 1939 section 3 says: CRLF at the end, and every dot behind a CRLF doubled. */
function dotted(mail: Buffer): Buffer {
  const text = `\r\n${mail.toString('latin1')}${mail.subarray(-2).equals(Buffer.from('\r\n')) ? '' : '\r\n'}`;
  return Buffer.from(`${text.replaceAll('\r\n.', '\r\n..').slice(2)}.\r\n`, 'latin1');
}

const withEnd = (mail: Buffer): Buffer => Buffer.concat([mail, Buffer.from('\r\n')]);
const ok = (mail: Buffer): Buffer => Buffer.concat([Buffer.from('+OK\r\n'), dotted(mail)]);
const READING: Script = {
  UIDL: '+OK\r\n1 one\r\n2 two\r\n.\r\n',
  LIST: '+OK\r\n1 100\r\n2 200\r\n.\r\n',
  TOP: ok(Buffer.from(HEADER, 'latin1')),
  RETR: ok(MAIL),
};

async function readAll(script: Script, segments?: Segments) {
  return read(await pop3.open(script, segments === undefined ? {} : { segments }));
}

async function read(client: Pop3Client) {
  const listing = await client.list();
  const sizes = await client.sizes();
  const tops = await client.tops([1, 2], 0, 1_000);
  const mails = await client.mails([{ number: 2, maxBytes: 1_000 }]);
  const streamed: Uint8Array[] = [];
  for await (const piece of client.stream(1)) streamed.push(piece);
  client.close();
  return { listing, sizes, tops, mails, streamed: Buffer.concat(streamed) };
}

const EXPECTED = {
  listing: [
    { number: 1, uidl: 'one' },
    { number: 2, uidl: 'two' },
  ],
  sizes: new Map([
    [1, 100],
    [2, 200],
  ]),
  tops: new Map([1, 2].map((number) => [number, Buffer.from(HEADER, 'latin1')])),
  mails: new Map([[2, withEnd(MAIL)]]),
  streamed: withEnd(MAIL),
};

describe('a session', () => {
  it('says nothing that changes a mailbox, one command at a time, and Gmail is asked for its 30 days', async () => {
    expect(await readAll(READING)).toEqual(EXPECTED);
    const response = Buffer.from('user=recent:support@shop.example\x01auth=Bearer good\x01\x01').toString('base64');
    const said = ['CAPA', 'AUTH XOAUTH2', response, 'UIDL', 'LIST', 'TOP 1 0', 'TOP 2 0', 'RETR 2', 'RETR 1'];
    expect(pop3.server.received).toEqual(said);
    await expect.poll(pop3.server.openConnections).toBe(0);
  });

  it('asks another server for all, and logs in where there is no CAPA', async () => {
    await pop3.open({ '': '+OK Dovecot ready.\r\n', CAPA: '-ERR unknown\r\n' });
    const response = Buffer.from('user=support@shop.example\x01auth=Bearer good\x01\x01').toString('base64');
    expect(pop3.server.received.at(-1)).toBe(response);
  });

  it('sends a token of 2,048 bytes as a continuation', async () => {
    const token = 'x'.repeat(2_048);
    await pop3.open({}, { token });
    expect(pop3.server.received.slice(1, 2)).toEqual(['AUTH XOAUTH2']);
    expect(Buffer.from(pop3.server.received[2] ?? '', 'base64').toString()).toContain(`Bearer ${token}\x01\x01`);
  });

  it('reads the same wherever its bytes are cut', async () => {
    let cut = 0;
    let total = 0;
    const segments: Segments = (bytes, offset) => {
      total = Math.max(total, offset + bytes.length);
      const isHere = cut > offset && cut < offset + bytes.length;
      return isHere ? [bytes.subarray(0, cut - offset), bytes.subarray(cut - offset)] : [bytes];
    };
    expect(await readAll({ ...READING, CAPA: PIPELINING }, segments)).toEqual(EXPECTED);
    const { port } = pop3.server;
    for (cut = 1; cut < total; cut += 1) expect(await read(await pop3.connect(port))).toEqual(EXPECTED);
    expect(pop3.server.connections()).toBe(total);
  });

  it('reads the same byte by byte, and in pieces of any size', async () => {
    expect(await readAll(READING, (bytes) => [...bytes].map((byte) => Buffer.from([byte])))).toEqual(EXPECTED);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
        const segments: Segments = (bytes) => {
          const pieces: Buffer[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            pieces.push(bytes.subarray(at, at + size));
            at += size;
          }
          return pieces;
        };
        expect(await readAll(READING, segments)).toEqual(EXPECTED);
      }),
      { numRuns: 30 },
    );
  });

  it('asks for many headers in one flight where the server can, and for one at a time elsewhere', async () => {
    const numbers = Array.from({ length: 120 }, (_, index) => index + 1);
    let mostAhead = 0;
    const TOP = Array.from({ length: 120 }, (_, index) => (socket: { write(text: string): void }) => {
      mostAhead = Math.max(mostAhead, pop3.server.received.filter((line) => line.startsWith('TOP')).length - index);
      socket.write(`+OK\r\nSubject: ${index + 1}\r\n\r\n.\r\n`);
    });
    const inFlight = async (script: Script) => {
      mostAhead = 0;
      const tops = await (await pop3.open({ ...script, TOP })).tops(numbers, 0, 1_000);
      expect([...tops].map(([number, top]) => `${number} ${top}`)).toEqual(
        numbers.map((number) => `${number} Subject: ${number}\r\n\r\n`),
      );
      return mostAhead;
    };
    expect(await inFlight({})).toBe(1);
    expect(await inFlight({ CAPA: PIPELINING })).toBe(50);
  });

  it('leaves out what the server does not show, and keeps in step', async () => {
    for (const CAPA of [PIPELINING, '+OK\r\nSASL XOAUTH2\r\n.\r\n']) {
      const client = await pop3.open({ ...READING, CAPA, 'TOP 2 0': '-ERR no such message\r\n', 'LIST 2': '-ERR\r\n' });
      expect([...(await client.tops([1, 2, 3], 0, 1_000)).keys()]).toEqual([1, 3]);
      expect(await client.isListed(2)).toBe(false);
      expect(await client.list()).toEqual(EXPECTED.listing);
    }
  });

  it('keeps the beginning of a header that is longer than it wants', async () => {
    const client = await pop3.open({ ...READING, TOP: ok(Buffer.alloc(300_000, 'x')) });
    expect((await client.tops([1], 0, 10)).get(1)?.toString()).toBe('xxxxxxxxxx');
    expect(await client.list()).toEqual(EXPECTED.listing);
  });

  it('streams a mail as it comes: what is not read stays with the server', async () => {
    const PIECE = Buffer.alloc(64 * 1024, `${'a'.repeat(76)}\r\n`);
    const pieces = 560;
    let [written, consumed, mostAhead] = [0, 0, 0];
    const RETR = (socket: TLSSocket) => {
      const more = () => {
        while (written < pieces) {
          written += 1;
          if (!socket.write(PIECE)) return;
        }
        socket.off('drain', more);
        socket.write('\r\n.\r\n');
      };
      socket.on('drain', more);
      socket.write('+OK\r\n');
      more();
    };
    const client = await pop3.open({ RETR });
    for await (const piece of client.stream(1)) {
      consumed += piece.length;
      mostAhead = Math.max(mostAhead, written * PIECE.length - consumed);
      expect(piece.length).toBeLessThanOrEqual(256 * 1024);
      await new Promise(setImmediate);
    }
    expect(consumed).toBe(pieces * PIECE.length + 2);
    expect(mostAhead).toBeLessThan(12 * 1024 * 1024);
  });

  it('ends where a stream is left before its end', async () => {
    const client = await pop3.open({ ...READING, RETR: [`+OK\r\nbeginning\r\n`] });
    for await (const piece of client.stream(1)) {
      expect(piece.toString()).toBe('beginning');
      break;
    }
    await expect.poll(pop3.server.openConnections).toBe(0);
    await expect(client.list()).rejects.toMatchObject({ code: 'POP3_UNREACHABLE' });
  });
});

describe('any mail', () => {
  const bytes = fc
    .array(fc.constantFrom('.', '..', '\r\n', '\r', '\n', '\0', '\xff', 'text', '\r\n.\r', '.\n', ' '), {
      maxLength: 40,
    })
    .map((parts) => Buffer.from(parts.join(''), 'latin1'));

  it('arrives as it is', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 9 }), async (mail, size) => {
        const segments: Segments = (all) =>
          Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
            all.subarray(index * size, (index + 1) * size),
          );
        const client = await pop3.open({ RETR: ok(mail) }, { segments });
        const read = (await client.mails([{ number: 1, maxBytes: 1_000 }])).get(1);
        expect(read).toEqual(mail.subarray(-2).equals(Buffer.from('\r\n')) ? mail : withEnd(mail));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a refusal', () => {
  it.each<[string, Script, string]>([
    ['at the greeting', { '': '-ERR said so\r\n' }, 'POP3_REFUSED'],
    ['at the greeting, passing', { '': '-ERR [SYS/TEMP] said so\r\n' }, 'POP3_REFUSED'],
    ['of too many logins', { RESPONSE: '-ERR [LOGIN-DELAY] wait\r\n' }, 'MAILBOX_THROTTLED'],
    ['of a mailbox in use', { RESPONSE: '-ERR [in-use] locked\r\n' }, 'MAILBOX_BUSY'],
    ['of a mailbox without POP', { RESPONSE: '-ERR [SYS/PERM] said so\r\n' }, 'POP3_REFUSED'],
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
    const error = await readAll({ ...READING, ...script }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toMatch(/shop\.example|good|said so/);
    await expect.poll(pop3.server.openConnections).toBe(0);
  });

  it('of a mail that is streamed is an error', async () => {
    const client = await pop3.open({ RETR: '-ERR no\r\n' });
    await expect(client.stream(1)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'POP3_REFUSED' });
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
    await expect(readAll({ ...READING, ...script })).rejects.toMatchObject({ code: 'POP3_REFUSED' });
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
    await expect(readAll({ ...READING, [phase]: CUT })).rejects.toMatchObject({ code: 'POP3_UNREACHABLE' });
  });

  it.each(['UIDL', 'TOP', 'RETR'])('that ends within the answer to %s is unreachable', async (phase) => {
    const answer = READING[phase];
    const half: Script = { [phase]: (socket) => socket.end(String(answer).slice(0, 12)) };
    await expect(readAll({ ...READING, ...half })).rejects.toMatchObject({ code: 'POP3_UNREACHABLE' });
  });

  it.each(PHASES)('that stalls at "%s" ends at the deadline', async (phase) => {
    const reading = expect(readAll({ ...READING, [phase]: STALL })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    await pop3.passDeadlineAt(phase === 'RESPONSE' ? 'dXNlcj' : phase);
    await reading;
    await expect.poll(pop3.server.openConnections).toBe(0);
  });
});
