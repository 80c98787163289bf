// Requests as callers might write them: mostly right, each field now and then wrong in some way of its own.
import fc from 'fast-check';

export const REQUEST = {
  version: 1,
  mailbox: 'support',
  idempotencyKey: 'k',
  to: 'ada@example.org',
  subject: 'Hi',
  text: 'Hello',
};

const character = fc.constantFrom(...'aZ0._-+@" \t\n\0\u001fäß漢😀\ud800=?/'.split(''), '😀');
const text = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: character, maxLength: 8 }), long());
const domain = fc.oneof(
  fc.domain(),
  fc.constantFrom('example.org', 'bücher.example', '例え.jp', 'localhost', '-a.org', 'a..b'),
);
const local = fc.oneof(
  fc.constantFrom(
    'ada',
    'a.b+c',
    "o'neil",
    'ädä',
    'a'.repeat(64),
    'a'.repeat(65),
    'ä'.repeat(40),
    '.a',
    'a..b',
    '"a b"',
  ),
  text,
);
const emailAddress = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(local, domain).map(([before, after]) => `${before}@${after}`) },
  { weight: 1, arbitrary: fc.emailAddress() },
  { weight: 1, arbitrary: text },
);
const address = fc.oneof(
  emailAddress,
  fc.record({ address: emailAddress, name: text }, { requiredKeys: ['address'] }),
  fc.record({ address: emailAddress, other: text }),
);
const addresses = fc.oneof(address, fc.array(address, { maxLength: 3 }), fc.jsonValue());
const many = fc.nat(110).map((count) => Array.from({ length: count }, (_, index) => `a${index}@example.org`));
const time = fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const attachment = fc.record(
  {
    filename: fc.oneof(fc.constant('a.pdf'), text),
    content: fc.oneof(fc.base64String({ maxLength: 12 }), text),
    contentType: fc.oneof(
      fc.constantFrom('application/pdf', 'text/plain', 'MULTIPART/mixed', 'message/rfc822', 'pdf'),
      text,
    ),
    contentId: fc.oneof(fc.constant('logo@x'), text),
  },
  { requiredKeys: ['filename', 'content'] },
);
const headerName = fc.oneof(
  fc.constantFrom('List-Unsubscribe', 'X-A', 'Auto-Submitted', 'Reply-To', 'content-type'),
  text,
);

/** One field at a time is of the kind above, or a few; the others are right. */
export const requests: fc.Arbitrary<object> = fc
  .record(
    {
      to: addresses,
      cc: fc.oneof(addresses, many),
      bcc: fc.oneof(addresses, many),
      from: fc.oneof(fc.record({ name: text, address: emailAddress }, { requiredKeys: [] }), fc.jsonValue()),
      replyTo: addresses,
      subject: text,
      text,
      html: fc.oneof(text, fc.jsonValue()),
      attachments: fc.oneof(fc.array(attachment, { maxLength: 2 }), fc.jsonValue()),
      headers: fc.oneof(fc.dictionary(headerName, text, { maxKeys: 3 }), fc.jsonValue()),
      inReplyTo: fc.oneof(fc.constantFrom('<m@example.org>', 'h1.e30', '<m>', '<a b@c>'), text),
      context: fc.jsonValue(),
      sendAt: time,
      notAfter: time,
      automatic: fc.oneof(fc.boolean(), fc.jsonValue()),
      mailbox: fc.oneof(fc.constantFrom('sales', 'a-b', '-a', 'A'), text),
      idempotencyKey: text,
      version: fc.constantFrom(1, 2, '1', null),
      other: text,
    },
    { requiredKeys: [] },
  )
  .chain((changes) => fc.subarray(Object.entries(changes), { maxLength: 3 }))
  .chain((changes) => fc.subarray(['to', 'text'], { maxLength: 1 }).map((without) => compose(changes, without)));

function compose(changes: readonly (readonly [string, unknown])[], without: readonly string[]): object {
  const base = Object.entries(REQUEST).filter(([name]) => !without.includes(name));
  return JSON.parse(JSON.stringify(Object.fromEntries([...base, ...changes])));
}

function long(): fc.Arbitrary<string> {
  const unit = fc.constantFrom('x', 'x ', '😀', '😀 ', 'ä');
  return fc
    .tuple(unit, fc.constantFrom(128, 129, 256, 257, 450, 451, 900, 901, 2_048, 4_097))
    .map(([one, count]) => one.repeat(count));
}
