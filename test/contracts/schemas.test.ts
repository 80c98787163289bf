// The committed JSON Schemas are what lib/core gives, and take and refuse the same: what lib/core takes they take, and what
// they take and lib/core refuses is refused for a reason that they say they cannot say.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTRACTS, fileNameOf, SCHEMAS, textOf } from '../../contracts/contracts.ts';
import { SAID } from '../../contracts/said.ts';
import { parseSendRequest } from '../../lib/core/message.ts';
import { parseSendOutcome } from '../../lib/core/outcome.ts';
import { parseReplyEvent } from '../../lib/core/reply.ts';
import { REQUEST, requests } from './requests.ts';
import { readSchema, refusalBySchema } from './validators.ts';

const EVENT: Readonly<Record<string, unknown>> = {
  version: 1,
  kind: 'bounce',
  id: 'support/1',
  mailbox: 'support',
  receivedAt: 5,
  from: { name: 'Ada', address: 'ada@customer.example' },
  replyTo: [{ address: 'desk@customer.example' }],
  to: [{ address: 'support@shop.example' }],
  cc: [],
  subject: 'Re: Hi',
  text: 'Yes',
  fullText: 'Yes\n> no',
  html: '<p>Yes</p>',
  truncated: false,
  attachments: [{ filename: null, contentType: 'image/png', bytes: 3, key: 'raw/support/1/0' }],
  raw: { bucket: 'b', key: 'k', pending: true },
  answers: { messageId: '<m@shop.example>', context: null, sentAt: 5, to: ['ada@customer.example'] },
  matchedBy: 'in-reply-to',
  bounce: {
    recipients: [
      {
        address: 'ada@customer.example',
        action: 'failed',
        status: '5.1.1',
        diagnostic: null,
        type: 'hard',
        wasRecipient: true,
        isTrusted: true,
      },
    ],
  },
  calendar: { uid: 'u', status: 'accepted', attendee: null },
  isSpam: false,
  sender: { authenticated: 'unknown', wasRecipient: true, dmarc: true, spf: true, dkim: false },
  thread: '1',
  automaticAnswers: { stoppedUntil: 5, reason: 'r' },
  handle: 'h1.x',
};

/** Of what is refused by lib/core, what JSON Schema cannot say. */
const UNSAID = [
  ...Object.entries(SAID).flatMap(([message, { unsaid }]) => (unsaid === undefined ? [] : [message])),
  'is neither the handle of a reply event nor a Message-ID in angle brackets',
  'Gmail accepts',
  // One sentence for whatever is wrong with an address; what of that a schema can say is among the examples below.
  'is not an email address: give "local@domain"',
];

describe('the JSON Schemas', () => {
  it.each(CONTRACTS)('of $name are what lib/core gives now: npm run schemas', (contract) => {
    expect(readFileSync(join(SCHEMAS, fileNameOf(contract)), 'utf8')).toBe(textOf(contract));
  });

  it('say in words what they cannot say in keywords', () => {
    const { description } = Object(readSchema('send-request'));
    for (const { unsaid } of Object.values(SAID)) if (unsaid !== undefined) expect(description).toContain(unsaid);
  });

  it('describe each field of a request that needs it, and each kind of an outcome that has a comment', () => {
    expect(readSchema('send-request')).toMatchObject({
      properties: { context: { description: 'Given back with every reply.' } },
    });
    expect(readSchema('send-outcome')).toMatchObject({
      oneOf: expect.arrayContaining([
        expect.objectContaining({
          description: 'It waits for its `sendAt`.',
          properties: expect.objectContaining({ kind: { const: 'scheduled' } }),
        }),
      ]),
    });
  });
});

describe('a request', () => {
  it('is taken by its schema where lib/core takes it, and else refused for the same reasons', () => {
    const counts = { taken: 0, refused: 0, unsaid: 0 };
    fc.assert(
      fc.property(requests, (request) => {
        const [refusal, bySchema] = [refusalOf(request), refusalBySchema('send-request', request)];
        if (refusal === undefined) expect(bySchema).toBeUndefined();
        else if (bySchema === undefined) expect(UNSAID.filter((reason) => refusal.includes(reason))).not.toEqual([]);
        counts[kindOf(refusal, bySchema)] += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(300);
  });

  it('may hold 24 MB of attachments', () => {
    const content = 'QUJD'.repeat(8_000_000);
    const request = { ...REQUEST, attachments: [{ filename: 'a', content }] };
    expect(refusalBySchema('send-request', request)).toBeUndefined();
    request.attachments[0] = { filename: 'a', content: `${content}*` };
    expect(refusalBySchema('send-request', request)).toContain('pattern');
  });

  it.each([
    ['a field that is not known', { raw: 'x' }],
    ['no version', { version: undefined }],
    ['another version', { version: 2 }],
    ['a mailbox in capitals', { mailbox: 'Support' }],
    ['no key', { idempotencyKey: '' }],
    ['no recipient', { to: undefined }],
    ['empty lists of recipients', { to: [], cc: [], bcc: [] }],
    ['101 addresses', { cc: Array.from({ length: 101 }, (_, i) => `a${i}@example.org`) }],
    ['no address', { to: 'ada' }],
    ['an address with a display name', { to: 'Ada <ada@example.org>' }],
    ['another command', { to: 'ada@example.org\r\nRCPT TO:<eve@example.org>' }],
    ['an address of 255 characters', { to: `${'a'.repeat(60)}@${'b.'.repeat(96)}cc` }],
    ['an unknown part of an address', { to: { address: 'ada@example.org', group: 'x' } }],
    ['a name of two lines', { to: { name: 'A\nda', address: 'ada@example.org' } }],
    ['an encoded word as a name', { to: { name: '=?utf-8?q?x?=', address: 'ada@example.org' } }],
    ['a list as from', { from: [] }],
    ['no subject', { subject: undefined }],
    ['a subject of two lines', { subject: 'Hi\r\nBcc: eve@example.org' }],
    ['a long subject', { subject: 'x '.repeat(2_049) }],
    ['a long word in the subject', { subject: 'x'.repeat(901) }],
    ['no text', { text: undefined }],
    ['NUL in the text', { text: 'a\0b' }],
    ['what is no base64', { attachments: [{ filename: 'a', content: 'a b=' }] }],
    ['an attachment without a name', { attachments: [{ filename: '', content: '' }] }],
    ['a path', { attachments: [{ filename: 'a', content: '', path: '/etc/passwd' }] }],
    ['what is no media type', { attachments: [{ filename: 'a', content: '', contentType: 'pdf' }] }],
    ['a whole mail attached as one', { attachments: [{ filename: 'a', content: '', contentType: 'Message/rfc822' }] }],
    ['a header that Mailroom writes', { headers: { 'reply-TO': 'x' } }],
    ['a header of a reserved family', { headers: { 'ARC-Seal': 'x' } }],
    ['a header name with a space', { headers: { 'X Y': 'x' } }],
    ['a header of two lines', { headers: { 'X-A': 'x\nX-B: y' } }],
    ['51 headers', { headers: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`X-${i}`, ''])) }],
    ['a list of headers', { headers: ['x'] }],
    ['an answer to nothing', { inReplyTo: 'a mail' }],
    ['a time that is no integer', { sendAt: 1.5 }],
    ['a time before 1970', { notAfter: -1 }],
    ['a time that is always over', { notAfter: 0 }],
    ['both ways to say that it is automatic', { automatic: true, headers: { 'AUTO-submitted': 'x' } }],
  ])('with %s is refused by both', (_what, change) => {
    const request = asJson({ ...REQUEST, ...change });
    expect(refusalOf(request)).toBeDefined();
    expect(refusalBySchema('send-request', request)).toBeDefined();
  });
});

describe('what readers read', () => {
  const outcomes = fc.record(
    {
      kind: fc.constantFrom('sent', 'partial', 'failed', 'cancelled', 'expired', 'suppressed', 'queued', 'held', 'no'),
      messageId: fc.oneof(fc.string(), fc.nat()),
      code: fc.constantFrom('QUOTA_EXCEEDED', 'POLICY_REFUSED', 'toString'),
      response: fc.string(),
      sentAt: fc.double({ noNaN: true, noDefaultInfinity: true }),
      dueAt: fc.nat(),
      notAfter: fc.nat(),
      until: fc.nat(),
      rejected: fc.array(
        fc.record({ address: fc.string(), code: fc.constant('RECIPIENT_REFUSED'), response: fc.string() }),
      ),
      settledBy: fc.constantFrom('own-copy', 'search', 'luck'),
      later: fc.jsonValue(),
    },
    { requiredKeys: ['kind', 'messageId'] },
  );

  it('outcomes are taken and refused alike, replayed ones too', () => {
    const counts = { taken: 0, refused: 0, unsaid: 0 };
    const replayed = outcomes.map((saved) => ({ kind: 'replayed', messageId: 'm', saved, later: 1 }));
    fc.assert(
      fc.property(fc.oneof(outcomes, replayed), (given) => {
        const outcome = asJson(given);
        const refusal = refusalIn(() => parseSendOutcome(outcome));
        const bySchema = refusalBySchema('send-outcome', outcome);
        counts[kindOf(refusal, bySchema)] += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(counts.unsaid).toBe(0);
    expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(100);
  });

  it('events with fields that a later release added are taken, at every level', () => {
    const event = withMore(EVENT);
    expect(refusalBySchema('reply-event', event)).toBeUndefined();
    expect(parseReplyEvent(JSON.stringify(event))).toEqual(EVENT);
  });

  it.each(Object.keys(EVENT))('an event without %s is taken or refused alike', (field) => {
    const { [field]: _gone, ...event } = EVENT;
    const refusal = refusalIn(() => parseReplyEvent(JSON.stringify(event)));
    expect(refusalBySchema('reply-event', event) === undefined).toBe(refusal === undefined);
    const changed = { ...event, [field]: { other: true } };
    const refused = refusalIn(() => parseReplyEvent(JSON.stringify(changed)));
    expect(refused).toBeDefined();
    expect(refusalBySchema('reply-event', changed)).toBeDefined();
  });
});

function kindOf(refusal: string | undefined, bySchema: string | undefined): 'taken' | 'refused' | 'unsaid' {
  if (refusal === undefined) return bySchema === undefined ? 'taken' : 'unsaid';
  return bySchema === undefined ? 'unsaid' : 'refused';
}

function refusalOf(request: unknown): string | undefined {
  return refusalIn(() => parseSendRequest(request));
}

function refusalIn(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** As it travels: without fields that are undefined. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Another field in each object of it. */
function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, withMore(inner)]);
  return { ...Object.fromEntries(entries), later: { of: 'a later release' } };
}
