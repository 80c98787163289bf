// A message as bytes: the same each time, with nobody in them who should not be seen, and whole when read back.
import fc from 'fast-check';
import { decodeWords } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { formatHandle } from '../../lib/core/thread.ts';
import { bytesOf, collect, composed, FULL, headersOf, IDENTITY, PROFILE, readBack } from './compose-fixture.ts';

describe('a composed message', () => {
  it('is the same bytes each time it is opened, composed and read in parallel', async () => {
    const mail = composed(FULL);
    const [first, ...others] = await Promise.all([collect(mail), collect(mail), bytesOf(FULL)]);
    for (const other of others) expect(other).toEqual(first);
  });

  it('differs for another Message-ID in its id and boundaries only', async () => {
    const [one, other] = await Promise.all(
      ['<m@shop.example>', '<n@shop.example>'].map(async (messageId) => {
        const text = String(await bytesOf(FULL, { ...IDENTITY, messageId }));
        const boundaries = new Set(text.match(/--_NmP-\w+/g));
        expect(boundaries.size).toBe(1);
        return { text: text.replaceAll(/--_NmP-\w+/g, 'B').replace(messageId, 'ID'), boundaries };
      }),
    );
    expect(one?.text).toBe(other?.text);
    expect(one?.boundaries).not.toEqual(other?.boundaries);
  });

  it('bears the stored Message-ID and Date', async () => {
    const mail = await readBack({});
    expect(mail.messageId).toBe('<m@shop.example>');
    expect(mail.date).toBe('2023-11-14T22:13:20.000Z');
  });

  it('names Bcc recipients in its envelope and nowhere in its bytes', async () => {
    expect(composed(FULL).envelope).toEqual({
      from: 'support@shop.example',
      to: ['ada', 'bob', 'carol', 'dan', 'eve'].map((name) => `${name}@example.org`),
    });
    expect(String(await bytesOf(FULL))).not.toMatch(/bcc|dan@|eve|RXZl/i);
  });

  it('comes back to the mailbox, whatever alias it is from', async () => {
    const from = { name: 'Sales', address: 'sales@shop.example' };
    expect(composed({ from }).envelope.from).toBe('support@shop.example');
    expect((await readBack({ from })).from).toMatchObject(from);
    expect((await readBack({})).from).toMatchObject({ name: 'Shop, “Süd”', address: 'support@shop.example' });
  });

  it('names the mail that it answers and all its thread', async () => {
    const references = ['<a@x.example>', '<b@x.example>'];
    const inReplyTo = formatHandle(PROFILE.id, { messageId: '<c@x.example>', references, thread: 't' });
    const mail = await readBack({ inReplyTo });
    expect(mail.inReplyTo).toBe('<c@x.example>');
    expect(mail.references?.split(/\s+/)).toEqual([...references, '<c@x.example>']);
    expect(headersOf(await readBack({}), 'in-reply-to')).toEqual([]);
  });

  it('says that a program wrote it where one did, and else nothing', async () => {
    const automatic = await readBack({ automatic: true, headers: { 'X-A': '1' } });
    expect(headersOf(automatic, 'auto-submitted')).toEqual(['auto-replied']);
    expect(headersOf(automatic, 'x-a')).toEqual(['1']);
    expect(headersOf(await readBack({ automatic: false }), 'auto-submitted')).toEqual([]);
  });

  it('is lines of CRLF only, whatever line ends its text and HTML have', async () => {
    const breaks = fc.string({ unit: fc.constantFrom('\n', '\r\n', 'a', 'ö', '.', ' ', '-') });
    await fc.assert(
      fc.asyncProperty(breaks, breaks, async (text, html) => {
        const bytes = (await bytesOf({ text, html, attachments: FULL.attachments })).toString('latin1');
        expect(bytes).not.toMatch(/[^\r]\n|\r(?!\n)/);
        expect(Math.max(...bytes.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
      }),
    );
  });
});

const EXPECTED_HEADERS =
  'from to subject x-note message-id date content-transfer-encoding mime-version content-type'.split(' ');

describe('what a caller writes', () => {
  const written = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom(' ', '"', '<', '>', ',', ';', ':', '\\', '(', 'ö', '漢', '😀', '@'),
        fc.string({ unit: 'grapheme', maxLength: 1 }),
      ),
      maxLength: 120,
    })
    // What looks like an encoded word is decoded by every reader, and white space at the ends is not part of a header.
    .map((text) =>
      text
        .replace(/=\?|\s+/gu, ' ')
        .replace(/[\u0000-\u001f\u007f]/g, '')
        .trim(),
    )
    .filter((text) => text.isWellFormed() && text === text.trim());

  it('is read back as subject, name and header, and is no header of its own', async () => {
    await fc.assert(
      fc.asyncProperty(written, written, written, async (subject, name, value) => {
        const mail = await readBack({
          subject,
          to: { name, address: 'ada@example.org' },
          headers: { 'X-Note': value },
        });
        expect(mail.subject ?? '').toBe(subject);
        expect(mail.to).toEqual([{ name, address: 'ada@example.org' }]);
        expect(decodeWords(headersOf(mail, 'x-note').join())).toBe(value);
        for (const { key } of mail.headers) expect(EXPECTED_HEADERS).toContain(key);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    'x\r\nBcc: eve@example.org',
    'x\nBcc: eve@example.org',
    'x\rBcc: eve@example.org',
    'x\r\n\r\nbody',
    'x\0',
    'x\u000bBcc: y',
  ])('never comes here as %j', (text) => {
    for (const change of [
      { subject: text },
      { to: { name: text, address: 'ada@example.org' } },
      { replyTo: { name: text, address: 'ada@example.org' } },
      { from: { name: text } },
      { headers: { 'X-Note': text } },
      { headers: { [text]: 'x' } },
      { inReplyTo: `<${text}@x.example>` },
      { attachments: [{ filename: text, content: '' }] },
      { attachments: [{ filename: 'a', content: '', contentType: `text/${text}` }] },
      { attachments: [{ filename: 'a', content: '', contentId: text }] },
    ]) {
      expect(() => composed(change)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    }
  });

  it('is read back as text and HTML', async () => {
    const body = fc
      .array(fc.string({ unit: 'grapheme', maxLength: 200 }), { minLength: 1 })
      .map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(body, body, async (text, html) => {
        fc.pre(!/[\r\0]/.test(text + html) && text.trim() !== '' && html.trim() !== '');
        const mail = await readBack({ text, html });
        // A part ends with a line break of its own.
        expect(mail.text?.replace(/\n+$/, '')).toBe(text.replace(/\n+$/, ''));
        expect(mail.html?.replace(/\n+$/, '')).toBe(html.replace(/\n+$/, ''));
      }),
    );
  });
});
