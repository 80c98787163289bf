// Headers of the caller's own: free names only, and values that stay on their line.
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { HeadersSchema } from '../../lib/core/headers.ts';

const accepts = (headers: unknown): boolean => v.is(HeadersSchema, headers);

describe('headers', () => {
  it.each(['List-Unsubscribe', 'X-Campaign', 'Auto-Submitted', 'Precedence', 'Importance', `X-${'a'.repeat(74)}`])(
    'may name %s',
    (name) => {
      expect(accepts({ [name]: '<https://shop.example/u?id=1>, ünïcödé' })).toBe(true);
    },
  );

  it.each([
    'From',
    'SENDER',
    'reply-to',
    'To',
    'cC',
    'Bcc',
    'Subject',
    'Date',
    'Message-ID',
    'In-Reply-To',
    'References',
    'Return-Path',
    'Received',
    'MIME-Version',
    'Content-Type',
    'content-transfer-encoding',
    'Resent-To',
    'ARC-Seal',
    'Authentication-Results',
    'DKIM-Signature',
    'X-Google-Original-From',
    'X-GM-MSGID',
    '',
    'X A',
    'X:A',
    'X\r\nBcc',
    'X-Ü',
    'X\0',
    'a'.repeat(77),
  ])('may not name %j', (name) => {
    expect(accepts({ [name]: 'x' })).toBe(false);
  });

  it('keep every value on its line', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('\r', '\n', '\r\n ', '\0', '\u0008', '\ud800'),
        fc.string(),
        (a, bad, b) => {
          expect(accepts({ 'X-A': `${a}${bad}${b}` })).toBe(false);
        },
      ),
    );
  });

  it('are at most 50 of 4,096 characters', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, 'x']));
    expect(accepts(many(50))).toBe(true);
    expect(accepts(many(51))).toBe(false);
    expect(accepts({ 'X-A': 'a '.repeat(2048) })).toBe(true);
    expect(accepts({ 'X-A': `${'a '.repeat(2048)}a` })).toBe(false);
    // No line of a header could hold it.
    expect(accepts({ 'X-A': `a ${'a'.repeat(900)}` })).toBe(true);
    expect(accepts({ 'X-A': `a ${'a'.repeat(901)}` })).toBe(false);
    expect(accepts({ 'X-A': ['x'] })).toBe(false);
  });
});
