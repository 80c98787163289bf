// The headers of a reply as the server hands them over: whatever their size, those that match are read.
import { describe, expect, it } from 'vitest';
import { parseHeaders } from '../../lib/core/header-block.ts';

describe('a block of headers', () => {
  it('is read in its first megabyte, however long it is', async () => {
    const block = `In-Reply-To: <sent@shop.example>\r\nReferences: ${' <a@b.example>'.repeat(300_000)}\r\n\r\n`;
    expect(await parseHeaders(Buffer.from(block))).toMatchObject({ 'in-reply-to': '<sent@shop.example>' });
  });

  it('gives the first of a field that stands twice', async () => {
    const block = 'In-Reply-To: <one@shop.example>\r\nIn-Reply-To: <two@shop.example>\r\n\r\n';
    expect(await parseHeaders(Buffer.from(block))).toMatchObject({ 'in-reply-to': '<one@shop.example>' });
  });

  it('may be absent', async () => {
    expect(await parseHeaders(undefined)).toEqual({});
  });
});
