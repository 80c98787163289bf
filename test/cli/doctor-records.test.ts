// SPF, DKIM and DMARC records as people publish them, and as nobody should.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { examineDkim } from '../../cli/doctor/dkim.ts';
import { examineDmarc } from '../../cli/doctor/dmarc.ts';
import { type AskTexts, examineSpf } from '../../cli/doctor/spf.ts';

const GOOGLE = { '_spf.google.com': ['v=spf1 ip4:74.125.0.0/16 ~all'] };

function zoneOf(zone: Readonly<Record<string, readonly string[]>>): AskTexts {
  return async (name) => {
    const records = new Map(Object.entries(zone)).get(name.toLowerCase());
    return records === undefined ? { kind: 'none' } : { kind: 'found', records };
  };
}

const spf = (record: string, more: Record<string, readonly string[]> = {}) =>
  examineSpf('shop.example', zoneOf({ ...GOOGLE, 'shop.example': [record], ...more }));

const includes = (count: number) => Array.from({ length: count }, (_, at) => `include:i${at}.example`).join(' ');
const included = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`i${at}.example`, ['v=spf1 ip4:192.0.2.1 ?all']]));

describe('SPF', () => {
  it.each([
    ['v=spf1 include:_spf.google.com ~all', 'good'],
    ['V=SPF1 INCLUDE:_SPF.google.com  ip6:2001:db8::/32 -ALL', 'good'],
    ['v=spf1 mx a a/24 mx:mail.example/24//64 exists:%{i}.x.example include:_spf.google.com', 'good'],
    ['v=spf1 redirect=_spf.google.com', 'good'],
    ['v=spf1 -all redirect=_spf.google.com', 'without-google'],
    ['v=spf1 ~all include:_spf.google.com', 'without-google'],
    ['v=spf1 -include:_spf.google.com ~all', 'without-google'],
    ['v=spf1', 'without-google'],
    ['v=spf10 include:_spf.google.com', 'none'],
    ['spf1 include:_spf.google.com', 'none'],
    ['v=spf1 include:_spf.google.com include ~all', 'broken'],
    ['v=spf1 ip4:300.0.0.1 include:_spf.google.com ~all', 'broken'],
    ['v=spf1 all:x include:_spf.google.com', 'broken'],
    ['v=spf1 include:_spf.google.com,mx ~all', 'broken'],
    ['v=spf1 include:nowhere.example include:_spf.google.com', 'broken'],
    ['v=spf1 redirect=a.example redirect=b.example', 'broken'],
  ])('%s: %s', async (record, kind) => {
    expect(await spf(record)).toMatchObject({ kind });
  });

  it('says who may send as well, where that is everybody', async () => {
    expect(await spf('v=spf1 include:_spf.google.com +all')).toMatchObject({ isOpenToAll: true });
    expect(await spf('v=spf1 include:_spf.google.com ?all')).toMatchObject({ isOpenToAll: false });
  });

  it('may take ten lookups; whether Google is among the first of more decides', async () => {
    const google = 'include:_spf.google.com';
    expect(await spf(`v=spf1 ${includes(9)} ${google} -all`, included(9))).toMatchObject({ kind: 'good', lookups: 10 });
    expect(await spf(`v=spf1 ${includes(10)} ${google} -all`, included(10))).toMatchObject({ kind: 'broken' });
    expect(await spf(`v=spf1 ${google} ${includes(10)} -all`, included(10))).toMatchObject({ kind: 'too-long' });
  });

  it('that includes itself ends', async () => {
    expect(await spf('v=spf1 include:shop.example -all')).toMatchObject({ kind: 'broken' });
  });

  it('ends with a verdict whatever is published', async () => {
    const words = fc.constantFrom(
      'include:',
      'shop.example',
      'a',
      '/24',
      'redirect=',
      'ip4:',
      ' ',
      '+',
      '-all',
      '%{d}',
    );
    const records = fc.array(fc.oneof(words, fc.string({ maxLength: 5 }))).map((parts) => `v=spf1 ${parts.join('')}`);
    await fc.assert(
      fc.asyncProperty(records, async (record) => {
        expect(['good', 'none', 'without-google', 'broken', 'too-long']).toContain((await spf(record)).kind);
      }),
    );
  });
});

describe('DKIM', () => {
  const dkim = (...records: string[]) => examineDkim({ kind: 'found', records }).kind;

  it.each([
    ['v=DKIM1; k=rsa; p=AAAA', 'broken'],
    ['v=DKIM2; k=rsa; p=', 'broken'],
    ['v=DKIM1; p=', 'revoked'],
    ['v=DKIM1; k=ed25519; p=AAAA', 'broken'],
    ['v=DKIM1; k=rsa', 'broken'],
    ['p=a; p=b', 'broken'],
    ['nothing', 'broken'],
  ])('%s: %s', (record, kind) => {
    expect(dkim(record)).toBe(kind);
  });

  it('that stands twice is broken', () => {
    expect(dkim('v=DKIM1; p=', 'v=DKIM1; p=')).toBe('broken');
  });
});

describe('DMARC', () => {
  const dmarc = (...records: string[]) => examineDmarc('shop.example', zoneOf({ '_dmarc.shop.example': records }));

  it.each([
    ['v=DMARC1; p=none', { kind: 'good', policy: 'none' }],
    ['v=DMARC1;p=Reject;', { kind: 'good', policy: 'reject' }],
    ['v=DMARC1; rua=mailto:a@shop.example', { kind: 'good', policy: 'none' }],
    ['v=DMARC1; pct=100', { kind: 'broken' }],
    ['v=DMARC1; =reject', { kind: 'broken' }],
    ['v=dmarc1; p=none', { kind: 'none' }],
    ['p=none; v=DMARC1', { kind: 'none' }],
  ])('%s: %o', async (record, verdict) => {
    expect(await dmarc(record)).toMatchObject(verdict);
  });
});
