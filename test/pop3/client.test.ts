// The POP3 client: the same bytes come out wherever they were cut, and nothing that it says changes a mailbox.
import type { TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useScriptedPop3 } from './pop3-fixture.ts';
import type { Script, Segments } from './scripted-server.ts';
import { EXPECTED, ok, PIPELINING, READING, readAll, withEnd } from './whole-session.ts';

const pop3 = useScriptedPop3();

async function readScripted(script: Script, segments?: Segments) {
  return readAll(await pop3.open(script, segments === undefined ? {} : { segments }));
}

describe('a session', () => {
  it('says nothing that changes a mailbox, one command at a time, and Gmail is asked for its 30 days', async () => {
    expect(await readScripted(READING)).toEqual(EXPECTED);
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
    expect(await readScripted({ ...READING, CAPA: PIPELINING }, segments)).toEqual(EXPECTED);
    const { port } = pop3.server;
    for (cut = 1; cut < total; cut += 1) expect(await readAll(await pop3.connect(port))).toEqual(EXPECTED);
    expect(pop3.server.connections()).toBe(total);
  });

  it('reads the same byte by byte, and in pieces of any size', async () => {
    expect(await readScripted(READING, (bytes) => [...bytes].map((byte) => Buffer.from([byte])))).toEqual(EXPECTED);
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
        expect(await readScripted(READING, segments)).toEqual(EXPECTED);
      }),
      { numRuns: 100 },
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
    for await (const piece of client.stream(1, 'RETR')) {
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
    for await (const piece of client.stream(1, 'RETR')) {
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
        const read = (await client.mails([{ number: 1, maxBytes: 1_000 }], 'RETR')).get(1);
        expect(read).toEqual(mail.subarray(-2).equals(Buffer.from('\r\n')) ? mail : withEnd(mail));
      }),
      { numRuns: 200 },
    );
  });
});
