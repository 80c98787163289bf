// Attachments: padded base64 in one line, of any size, and names that stay in their header.
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { AttachmentSchema } from '../../lib/core/attachment.ts';

const accepts = (change: object): boolean => v.is(AttachmentSchema, { filename: 'a.pdf', content: 'QUJD', ...change });

describe('the content of an attachment', () => {
  it('is the base64 of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(accepts({ content: Buffer.from(bytes).toString('base64') })).toBe(true);
      }),
    );
  });

  it('is read exactly, or refused: what is accepted encodes back to itself but for unused bits', () => {
    const nearly = fc.string({
      unit: fc.constantFrom('A', 'Q', '/', '+', '=', '-', '_', '\n', ' ', 'ö'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(nearly, (content) => {
        if (!accepts({ content })) return;
        expect(content).toMatch(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
        expect(Buffer.from(content, 'base64').toString('base64')).toHaveLength(content.length);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['QUI', 'QUI*', 'QU=I', '====', 'A===', 'QUJD\n', 'QU-_', 'QUJD\r\nQUJD', ' QUJ', 'QUJ\0'])(
    'is not %j',
    (content) => {
      expect(accepts({ content })).toBe(false);
    },
  );

  it('may be 30 MB, and a fault at their end is seen', () => {
    const content = 'QUJD'.repeat(10_000_000);
    expect(accepts({ content })).toBe(true);
    expect(accepts({ content: `${content}QU*D` })).toBe(false);
  });
});

describe('an attachment', () => {
  it.each([
    { filename: 'Rechnung “März” 2026.pdf' },
    { contentType: 'application/vnd.ms-excel' },
    { contentType: 'image/svg+xml' },
    { contentId: 'logo@shop.example' },
  ])('may have %j', (change) => {
    expect(accepts(change)).toBe(true);
  });

  it.each([
    { filename: '' },
    { filename: 'a\r\nContent-Type: text/html' },
    { filename: 'a\0.pdf' },
    { filename: 'a'.repeat(256) },
    { contentType: 'text' },
    { contentType: 'text/html; charset=utf-8' },
    { contentType: 'text/html\r\nX-A: 1' },
    { contentId: '' },
    { contentId: 'a>b' },
    { contentId: 'a b' },
    { contentId: 'a\r\nX-A: 1' },
    { path: '/etc/passwd' },
    { href: 'http://169.254.169.254/' },
    { raw: 'x' },
    { content: Buffer.from('QUJD') },
  ])('may not have %j', (change) => {
    expect(accepts(change)).toBe(false);
  });
});
