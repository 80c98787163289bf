// Addresses: whatever is accepted can neither end an SMTP command nor start another header.
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { AddressSchema, domainOf, EmailAddressSchema, HeaderTextSchema, sameAddress } from '../../lib/core/address.ts';
import { parse } from '../../lib/core/parse.ts';

const accepts = (text: unknown): boolean => v.is(EmailAddressSchema, text);
const hostile = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  '\0',
  '\u0007',
  '\u007f',
  ' ',
  '\t',
  '<',
  '>',
  ',',
  ';',
  '"',
  '\ud800',
);

describe('an address', () => {
  it.each([
    'ada@example.org',
    'a@b.co',
    "o'brien+tag=x/y@sub.example.co.uk",
    '!#$%&*-/=?^_`{|}~@example.org',
    'jörg@exämple.org',
    '用户@例子.广告',
    '\u{1f600}@example.org',
    'a@xn--exmple-cua.org',
    `${'l'.repeat(64)}@example.org`,
    `a@${'d'.repeat(63)}.example`,
  ])('may be %s', (text) => {
    expect(accepts(text)).toBe(true);
  });

  it.each([
    '',
    '@',
    'ada',
    '@example.org',
    'ada@',
    'ada@localhost',
    'ada@[127.0.0.1]',
    'ada@-a.example',
    'ada@a-.example',
    'ada@example.',
    'ada@.example',
    'ada@a..example',
    'ada@exa_mple.org',
    '.ada@example.org',
    'ada.@example.org',
    'a..da@example.org',
    '"a da"@example.org',
    'a@b@example.org',
    'Ada <ada@example.org>',
    'ada@example.org (Ada)',
    ' ada@example.org',
    'ada@example.org\n',
    `${'l'.repeat(65)}@example.org`,
    `${'ö'.repeat(33)}@example.org`,
    `a@${'d'.repeat(64)}.example`,
    `a@${'d.'.repeat(130)}example`,
    null,
    7,
    ['ada@example.org'],
    { address: 'ada@example.org' },
  ])('is not %j', (text) => {
    expect(accepts(text)).toBe(false);
  });

  it('is refused with a hostile character anywhere in it', () => {
    const good = 'ada.lovelace@mail.example.org';
    fc.assert(
      fc.property(hostile, fc.nat(good.length), (bad, at) => {
        expect(accepts(good.slice(0, at) + bad + good.slice(at))).toBe(false);
      }),
    );
  });

  it('holds nothing that ends a command or a header, whatever text was accepted', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })).map(([a, b]) => `${a}@${b}.example`),
      fc.emailAddress(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        if (!accepts(text)) return;
        expect(text).not.toMatch(/[\u0000-\u0020\u007f<>(),;:"[\]\\]/);
        expect(text.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(254);
      }),
      { numRuns: 500 },
    );
  });

  it('has a domain in lower case, and is compared without regard to case', () => {
    expect(domainOf(parse(EmailAddressSchema, 'Ada@Example.ORG', 'EVENT_INVALID', 'test'))).toBe('example.org');
    expect(sameAddress('Ada@Example.org', 'ada@example.ORG')).toBe(true);
    expect(sameAddress('ada@example.org', 'ada@example.com')).toBe(false);
  });

  it('may bear a name of one line, and nothing that is not known', () => {
    const address = 'ada@example.org';
    expect(parse(AddressSchema, address, 'EVENT_INVALID', 'test')).toEqual({ address });
    expect(v.is(AddressSchema, { name: 'Ada "the first", Countess', address })).toBe(true);
    for (const given of [
      { name: 'a\rb', address },
      { name: 'a'.repeat(257), address },
      { address, more: 1 },
      { name: 'a' },
    ]) {
      expect(v.is(AddressSchema, given)).toBe(false);
    }
  });
});

describe('header text', () => {
  it('is any well-formed line without control characters, and no other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const isLine = ![...text].some((c) => c !== '\t' && (c < ' ' || c === '\u007f')) && text.isWellFormed();
        expect(v.is(HeaderTextSchema, text)).toBe(isLine);
      }),
      { numRuns: 500, examples: [['a\tb'], ['\ud83d'], ['\u{1f600}'], ['a\r\n b'], ['\0'], ['']] },
    );
  });
});
