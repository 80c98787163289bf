// RFC 8601 section 2.2: what the grammar allows is read, what it does not allow is no result, however long it is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuthenticationResult, parseAuthenticationResults } from '../../lib/mime/authentication-results.ts';
import { processorMs } from '../processor-time.ts';

const parse = parseAuthenticationResults;
const result = (method: string, verdict: string, ...properties: [string, string, string][]) => ({
  method,
  result: verdict,
  properties: properties.map(([type, name, value]) => ({ type, name, value })),
});

describe('authentication results', () => {
  it("are read as Gmail writes them, with a sender's plus and equals signs and base64", () => {
    const field = `mx.google.com;
       dkim=pass header.i=@customer.example header.s=20230601 header.b=Ab/dE1+x;
       dkim=pass header.i=@esp.example header.s=s1 header.b="M/1pJQtA";
       spf=pass (google.com: domain of bounces+ada=shop.example@esp.example designates 192.0.2.1 as permitted sender) smtp.mailfrom="bounces+ada=shop.example@esp.example";
       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=customer.example`;
    expect(parse(field)).toMatchObject({
      authservId: 'mx.google.com',
      results: [
        result(
          'dkim',
          'pass',
          ['header', 'i', '@customer.example'],
          ['header', 's', '20230601'],
          ['header', 'b', 'Ab/dE1+x'],
        ),
        result('dkim', 'pass', ['header', 'i', '@esp.example'], ['header', 's', 's1'], ['header', 'b', 'M/1pJQtA']),
        result('spf', 'pass', ['smtp', 'mailfrom', 'bounces+ada=shop.example@esp.example']),
        result('dmarc', 'pass', ['header', 'from', 'customer.example']),
      ],
      comments: [expect.stringContaining('permitted sender'), 'p=NONE sp=NONE dis=NONE'],
    });
  });

  it.each([
    ['none', 'example.org; none', { authservId: 'example.org', results: [] }],
    ['a version', 'example.org 1; none', { version: 1, results: [] }],
    [
      'comments and folds anywhere',
      '(a (b)) foo.example.net (foobar) 1 (baz);\r\n\tdkim (x) / (y) 1 (z) = (w) fail\r\n policy (A) . (B) expired = (C) 1362471462',
      {
        authservId: 'foo.example.net',
        version: 1,
        results: [{ ...result('dkim', 'fail', ['policy', 'expired', '1362471462']), version: 1 }],
      },
    ],
    [
      'a reason, quoted',
      'x; dkim=fail reason="bad; (signature) \\"1\\"" header.i=@x',
      { results: [{ ...result('dkim', 'fail', ['header', 'i', '@x']), reason: 'bad; (signature) "1"' }] },
    ],
    ['a reason as a word', 'x; spf=fail reason=late', { results: [{ ...result('spf', 'fail'), reason: 'late' }] }],
    [
      'a property of the name reason',
      'x; spf=fail reason.a=b',
      { results: [result('spf', 'fail', ['reason', 'a', 'b'])] },
    ],
    ['a quoted server', '"mx example"; none', { authservId: 'mx example' }],
    [
      'a quoted local part',
      'x; spf=pass smtp.mailfrom="a b"@c.example',
      { results: [result('spf', 'pass', ['smtp', 'mailfrom', '"a b"@c.example'])] },
    ],
    [
      'any case',
      'x; DKIM=Pass HEADER.D=Example.ORG',
      { results: [result('dkim', 'pass', ['header', 'd', 'Example.ORG'])] },
    ],
    ['a semicolon at the end', 'x; spf=pass;', { results: [result('spf', 'pass')] }],
  ])('may have %s', (_what, field, expected) => {
    expect(parse(field)).toMatchObject(expected);
  });

  it.each([
    '',
    'mx.google.com',
    'mx.google.com;',
    '; dmarc=pass',
    'mx.google.com dmarc=pass',
    'mx.google.com; dmarc',
    'mx.google.com; dmarc=',
    'mx.google.com; =pass',
    'mx.google.com; dmarc=pass header',
    'mx.google.com; dmarc=pass header.from',
    'mx.google.com; dmarc=pass header.from=',
    'mx.google.com; dmarc=pass header.from="a',
    'mx.google.com; dmarc=pass (header.from=a',
    'mx.google.com; dmarc=pass header.from=a) x',
    'mx.google.com; none; dmarc=pass',
    'mx.google.com; dmarc=pass; none',
    'mx.google.com (; dmarc=pass header.from=a',
    'mx.google.com;; dmarc=pass',
    'mx.google.com; dmarc=pass reason= header.from=a',
    '"mx.google.com; dmarc=pass',
  ])('are none where the grammar is broken: %s', (field) => {
    expect(parse(field)).toBeUndefined();
  });

  it.each(['(', ')', ';', '"', '\\', '=', ' ', '()', '""', ';a=b', '(\\', 'a', '-', ' a.b=c'])(
    'take no time over a megabyte of %j',
    (unit) => {
      const spent = processorMs(() => {
        for (const length of [32_000, 1_000_000]) {
          const noise = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
          for (const field of [
            noise,
            `mx.google.com; ${noise}`,
            `mx.google.com; spf=pass ${noise}`,
            `x; spf=pass a.b=${noise}`,
          ])
            parse(field);
        }
      });
      expect(spent).toBeLessThan(2_000);
    },
  );

  it('are what was formatted, whatever the results', () => {
    const word = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
    const value = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9.+@_-]{1,20}$/),
      fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
    );
    const property = fc.record({ type: word.filter((type) => type !== 'reason'), name: word, value });
    const one = fc.record(
      {
        method: word.filter((method) => method !== 'none'),
        result: word,
        properties: fc.array(property, { maxLength: 4 }),
        reason: value,
        version: fc.nat(99),
      },
      { requiredKeys: ['method', 'result', 'properties'] },
    );
    fc.assert(
      fc.property(
        word,
        fc.array(one, { maxLength: 6 }),
        fc.constantFrom('', ' ', '\r\n\t', ' (c (d) \\) "e) '),
        (id, results, space) => {
          expect(parse(format(id, results, space))).toMatchObject({ authservId: id, results });
        },
      ),
    );
  });
});

function format(id: string, results: readonly AuthenticationResult[], space: string): string {
  const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
  const lines = results.map(({ method, version, result: verdict, reason, properties }) =>
    [
      `${method}${version === undefined ? '' : `${space}/${space}${version}`}${space}=${space}${verdict}`,
      ...(reason === undefined ? [] : [`reason${space}=${space}${quoted(reason)}`]),
      ...properties.map(({ type, name, value }) => `${type}${space}.${space}${name}${space}=${space}${quoted(value)}`),
    ].join(` ${space}`),
  );
  return [id, ...(lines.length === 0 ? ['none'] : lines)].join(`${space};${space}`);
}
