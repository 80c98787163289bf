// Attachments as they travel: byte for byte, under their names, and never from anywhere but the request.
import fc from 'fast-check';
import type { Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { composed, FULL, readBack } from './compose-fixture.ts';

describe('an attachment', () => {
  it('arrives byte for byte, under its name', async () => {
    const names = fc.stringMatching(/^[\w öß漢.,;'()-]{1,60}$/).map((name) => `x${name.trim()}.bin`);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), names, async (bytes, filename) => {
        const content = Buffer.from(bytes).toString('base64');
        const { attachments } = await readBack({ attachments: [{ filename, content }] });
        expect(attachments).toHaveLength(1);
        expect(attachments[0]).toMatchObject({
          filename,
          mimeType: 'application/octet-stream',
          disposition: 'attachment',
        });
        expect(contentOf(attachments[0])).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each(['text/plain', 'text/html', 'image/png', 'application/json', 'application/pdf'])(
    'of type %s keeps its line ends',
    async (contentType) => {
      const bytes = Buffer.from('a\nb\rc\r\n.\r\n\0ö');
      const { attachments } = await readBack({
        attachments: [{ filename: 'a', content: bytes.toString('base64'), contentType }],
      });
      expect(attachments.map(({ mimeType }) => mimeType)).toEqual([contentType]);
      expect(contentOf(attachments[0])).toEqual(bytes);
    },
  );

  it('with a content id stands beside the HTML that shows it', async () => {
    const { attachments, html } = await readBack(FULL);
    expect(html).toContain('cid:logo@shop');
    expect(attachments.map(({ filename, contentId, related = false }) => ({ filename, contentId, related }))).toEqual([
      { filename: 'logo.png', contentId: '<logo@shop>', related: true },
      { filename: 'b.bin', contentId: undefined, related: false },
    ]);
    expect(contentOf(attachments[0])).toEqual(Buffer.from('ABC'));
  });

  it('is never read from a file or a URL', () => {
    for (const source of [{ path: '/etc/passwd' }, { href: 'http://localhost/' }, { raw: 'X: 1' }]) {
      expect(() => composed({ attachments: [{ filename: 'a', content: '', ...source }] })).toThrow();
    }
  });
});

function contentOf(attachment: Email['attachments'][number] | undefined): Buffer {
  const content = attachment?.content ?? '';
  return typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content));
}
