// A mail taken apart: the new text of a reply as clients write it, in any charset, and hostile mail refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailError } from '../../lib/core/errors.ts';
import { isMessageId } from '../../lib/core/thread.ts';
import { readMail } from '../../lib/mime/mail-content.ts';

const HEAD =
  'From: "Ada, Countess" <ada@customer.example>\r\nTo: support@shop.example\r\nSubject: Re: Hi\r\nMessage-ID: <r@customer.example>\r\n';
const read = (rest: string | Buffer) => readMail(Buffer.concat([Buffer.from(HEAD), Buffer.from(rest)]));
const text = (body: string) => read(`Content-Type: text/plain; charset=utf-8\r\n\r\n${body.replaceAll('\n', '\r\n')}`);
const html = (body: string) => read(`Content-Type: text/html; charset=utf-8\r\n\r\n${body}`);

describe('the new text of a reply', () => {
  it.each([
    [
      'Gmail',
      'Yes, please.\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n\n> Shall we?\n>\n> Shop\n',
    ],
    [
      'Gmail, folded',
      'Yes, please.\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop Support Department\n<support@shop.example> wrote:\n\n> Shall we?\n',
    ],
    ['Apple Mail', 'Yes, please.\n\n> On 2. Nov 2026, at 15:04, Shop <support@shop.example> wrote:\n> \n> Shall we?\n'],
    [
      'Outlook',
      'Yes, please.\n\n________________________________\nFrom: Shop <support@shop.example>\nSent: Monday, November 2, 2026 3:04 PM\nTo: Ada\nSubject: Hi\n\nShall we?\n',
    ],
    [
      'Gmail in German',
      'Yes, please.\n\nAm Mo., 2. Nov. 2026 um 15:04 Uhr schrieb Shop <support@shop.example>:\n\n> Shall we?\n',
    ],
    ['a phone', 'Yes, please.\n\nSent from my iPhone\n\n> On 2 Nov 2026, at 15:04, Shop wrote:\n> \n> Shall we?\n'],
    ['a signature', 'Yes, please.\n\n-- \nAda\n'],
  ])('is found as %s quotes', async (_client, body) => {
    const { newText, fullText } = await text(body);
    expect(newText).toBe('Yes, please.');
    expect(fullText.trim()).toBe(body.trim());
  });

  it('is read from HTML where there is no text, without what it quotes', async () => {
    const quoted =
      '<div class="gmail_quote"><div>On Mon, Nov 2, 2026 at 3:04 PM Shop &lt;support@shop.example&gt; wrote:</div><blockquote>Shall we?</blockquote></div>';
    const { newText, fullText, html: kept } = await html(`<div>Yes, <b>please</b> &amp; thanks.</div>${quoted}`);
    expect(newText).toBe('Yes, please & thanks.');
    expect(fullText).toContain('> Shall we?');
    expect(kept).toContain('<b>please</b>');
  });

  it('runs nothing that stands in HTML, and names no link', async () => {
    const { newText } = await html(
      '<style>p{}</style><script>steal()</script><p>Yes</p><img src="https://x.example/t.gif"><a href="https://x.example/">here</a>',
    );
    expect(newText).toMatch(/^Yes\s+here$/);
  });

  it('keeps what stands between quotes', async () => {
    const { newText } = await text('> Shall we?\n\nYes.\n\n> When?\n\nToday.\n');
    expect(newText).toContain('Yes.');
    expect(newText).toContain('Today.');
  });

  it.each([
    ['iso-8859-1', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'Grüße'],
    ['windows-1252', Buffer.from('\x80 \x93x\x94', 'latin1'), '€ “x”'],
    ['utf-8', Buffer.from('漢字 😀'), '漢字 😀'],
    ['koi8-r', Buffer.from([0xf0, 0xd2, 0xc9]), 'При'],
    ['shift_jis', Buffer.from([0x93, 0xfa]), '日'],
    ['iso-2022-jp', Buffer.from('\x1b$BF|\x1b(B', 'latin1'), '日'],
    ['gb2312', Buffer.from([0xc4, 0xe3]), '你'],
    ['utf-16le', Buffer.from('hi', 'utf16le'), 'hi'],
    ['x-unheard-of', Buffer.from('hi'), 'hi'],
  ])('is read in %s', async (charset, bytes, expected) => {
    const mail = await read(
      `Content-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64')}`,
    );
    expect(mail.newText).toBe(expected);
  });
});

describe('a mail', () => {
  it('is described by its headers', async () => {
    expect(await text('Yes')).toMatchObject({
      from: { name: 'Ada, Countess', address: 'ada@customer.example' },
      to: [{ address: 'support@shop.example' }],
      cc: [],
      subject: 'Re: Hi',
      messageId: '<r@customer.example>',
      references: [],
      attachments: [],
    });
  });

  it('says where answers are to go, if it does', async () => {
    expect((await read('Reply-To: Desk <desk@customer.example>, b@customer.example\r\n\r\n')).replyTo).toEqual([
      { name: 'Desk', address: 'desk@customer.example' },
      { address: 'b@customer.example' },
    ]);
    expect(await read('\r\n')).not.toHaveProperty('replyTo');
  });

  it('follows its References, or In-Reply-To where it has none', async () => {
    const both = 'In-Reply-To: <b@x.example>\r\nReferences: <a@x.example>\r\n <b@x.example>\r\n\r\nx';
    expect((await read(both)).references).toEqual(['<a@x.example>', '<b@x.example>']);
    expect((await read('In-Reply-To: <b@x.example>\r\n\r\nx')).references).toEqual(['<b@x.example>']);
    expect((await read('References: none at all\r\n\r\nx')).references).toEqual([]);
  });

  it('lists its attachments by name, type and size', async () => {
    const part = (headers: string, body: string) => `--b\r\n${headers}\r\n\r\n${body}\r\n`;
    const { attachments, newText } = await read(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${part('Content-Type: text/plain', 'Yes')}${part(
        'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="=?utf-8?Q?M=C3=A4rz.pdf?="\r\nContent-Transfer-Encoding: base64',
        'QUJDRA==',
      )}${part('Content-Type: image/png\r\nContent-Disposition: attachment', 'AB')}--b--\r\n`,
    );
    expect(newText).toBe('Yes');
    expect(attachments).toMatchObject([
      { filename: 'März.pdf', contentType: 'application/pdf', bytes: 4 },
      { filename: null, contentType: 'image/png', bytes: expect.any(Number) },
    ]);
  });

  it('without a From, a Message-ID or a body is still read', async () => {
    for (const raw of [
      '',
      '\r\n',
      'Subject: x',
      'From: \r\nMessage-ID: not one\r\n\r\n',
      'From: undisclosed:;\r\n\r\n',
    ]) {
      const mail = await readMail(Buffer.from(raw));
      expect(mail).toMatchObject({ from: null, newText: '', attachments: [] });
      expect(mail).not.toHaveProperty('messageId');
    }
  });

  it.each([
    [
      'multiparts 100 deep',
      Array.from({ length: 100 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`).join(
        '',
      ),
    ],
    ['headers of 2 MB', `X-A: ${'a'.repeat(2_000_000)}\r\n\r\nx`],
    ['700,000 lines', `\r\n${'\n'.repeat(700_000)}`],
    ['a million headers', `${'X-A: b\r\n'.repeat(300_000)}\r\nx`],
  ])('with %s is unreadable', async (_what, rest) => {
    const error = await read(rest).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MailError);
    expect(error).toMatchObject({ code: 'REPLY_UNREADABLE' });
  });

  it('of long HTML is read in its first 256 KB', async () => {
    const html = `<p>hello</p>${'x '.repeat(200_000)}<p>late</p>`;
    const { fullText } = await read(`Content-Type: text/html\r\n\r\n${html}`);
    expect(fullText).toContain('hello');
    expect(fullText).not.toContain('late');
  });

  it('is read or unreadable, whatever bytes it is made of', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        'From: a <b@c>',
        'Content-Type: multipart/mixed; boundary=b',
        '--b',
        '--b--',
        '',
        'Content-Type: text/html',
        'Content-Transfer-Encoding: base64',
        'Content-Type: text/plain; charset=\0',
        'References: <a@b> <',
        '<p>',
        '> x',
        '=?utf-8?B?//8=?=',
      ),
      fc.string({ unit: 'binary', maxLength: 80 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), fc.uint8Array({ maxLength: 100 }), async (lines, noise) => {
        const mail = await readMail(Buffer.concat([Buffer.from(lines.join('\r\n')), Buffer.from(noise)]));
        expect(mail.references.every(isMessageId)).toBe(true);
        expect(typeof mail.newText).toBe('string');
      }),
      { numRuns: 300 },
    );
  });
});
