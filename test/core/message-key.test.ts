// Keys and hashes: the same for the same request however it was written, and another for any other content.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmailAddressSchema } from '../../lib/core/address.ts';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parseSendRequest } from '../../lib/core/message.ts';
import { createMessageId, keyOf, outboxDeduplicationId, requestHash } from '../../lib/core/message-key.ts';
import { parse } from '../../lib/core/parse.ts';
import { isMessageId } from '../../lib/core/thread.ts';

const REQUEST = {
  version: 1,
  mailbox: 'support',
  idempotencyKey: 'k',
  to: ['ada@example.org', { name: 'Bob', address: 'bob@example.org' }],
  subject: 'Hi',
  text: 'Hello',
  attachments: [{ filename: 'a', content: 'QUJD' }],
  headers: { 'X-A': '1', 'X-B': '2' },
};
const hashOf = (request: object): string => requestHash(parseSendRequest(request));
const contexts = fc.jsonValue({ maxDepth: 4 });

/** The same value with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('the hash of a request', () => {
  it('does not depend on the order of any keys', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        const request = { ...REQUEST, context };
        expect(hashOf(reversed(request) as object)).toBe(hashOf(request));
        expect(hashOf(JSON.parse(JSON.stringify(request)))).toBe(hashOf(request));
      }),
    );
  });

  it('is another for another context', () => {
    fc.assert(
      fc.property(contexts, contexts, (one, other) => {
        fc.pre(JSON.stringify(reversed(one)) !== JSON.stringify(reversed(other)));
        fc.pre(canonical(one) !== canonical(other));
        expect(hashOf({ ...REQUEST, context: one })).not.toBe(hashOf({ ...REQUEST, context: other }));
      }),
    );
  });

  it('is what it was before a request could be automatic, where it is not', () => {
    const before = 'd9bede80322801c81fef8fa64a1d8ff543dbb040d0b5659d3aa778b68dd973ce';
    expect(hashOf(REQUEST)).toBe(before);
    expect(hashOf({ ...REQUEST, automatic: false })).toBe(before);
    expect(hashOf({ ...REQUEST, automatic: true })).not.toBe(before);
  });

  it('is the same for an address alone and in a list, and whatever its idempotency key', () => {
    const one = hashOf({ ...REQUEST, to: 'ada@example.org' });
    expect(hashOf({ ...REQUEST, to: ['ada@example.org'] })).toBe(one);
    expect(hashOf({ ...REQUEST, to: { address: 'ada@example.org' } })).toBe(one);
    expect(hashOf({ ...REQUEST, to: 'ada@example.org', idempotencyKey: 'other' })).toBe(one);
  });

  it.each([
    { mailbox: 'sales' },
    { to: ['ada@example.org'] },
    { to: REQUEST.to.toReversed() },
    { to: ['ada@example.org', { name: 'bob', address: 'bob@example.org' }] },
    { cc: 'c@example.org' },
    { bcc: 'c@example.org' },
    { replyTo: 'c@example.org' },
    { from: { name: 'Shop' } },
    { subject: 'Hi ' },
    { text: 'Hello\n' },
    { html: 'Hello' },
    { attachments: [] },
    { attachments: [{ filename: 'a', content: 'QUJE' }] },
    { attachments: [{ filename: 'b', content: 'QUJD' }] },
    { attachments: [{ filename: 'a', content: 'QUJD', contentType: 'text/plain' }] },
    { attachments: [{ filename: 'a', content: 'QUJD', contentId: 'x' }] },
    { headers: { 'X-A': '1' } },
    { headers: { 'X-A': '2', 'X-B': '1' } },
    { inReplyTo: '<a@b.example>' },
    { context: null },
    { context: { a: 1 } },
  ])('changes with %j', (change) => {
    expect(hashOf({ ...REQUEST, ...change })).not.toBe(hashOf(REQUEST));
  });
});

describe('the key of a message', () => {
  const mailboxes = fc
    .stringMatching(/^[a-z0-9]{1,10}$/)
    .map((id) => parse(MailboxIdSchema, id, 'EVENT_INVALID', 'test'));
  const keys = fc.stringMatching(/^[\x21-\x7e]{1,20}$/);

  it('belongs to one mailbox and one idempotency key', () => {
    fc.assert(
      fc.property(mailboxes, keys, mailboxes, keys, (mailbox, key, otherMailbox, otherKey) => {
        const isSame = mailbox === otherMailbox && key === otherKey;
        expect(keyOf(mailbox, key) === keyOf(otherMailbox, otherKey)).toBe(isSame);
        expect(keyOf(mailbox, key)).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });

  it('deduplicates a repeated put, and not another attempt or another request', () => {
    const key = keyOf(parse(MailboxIdSchema, 'support', 'EVENT_INVALID', 'test'), 'k');
    const id = outboxDeduplicationId(key, 'h', 0);
    expect(outboxDeduplicationId(key, 'h', 0)).toBe(id);
    expect(new Set([id, outboxDeduplicationId(key, 'h', 1), outboxDeduplicationId(key, 'i', 0)]).size).toBe(3);
    // SQS takes at most 128 characters.
    expect(id.length).toBeLessThanOrEqual(128);
  });
});

describe('a Message-ID of ours', () => {
  it('is one, in the domain of the sender', () => {
    const id = createMessageId(randomUUID(), parse(EmailAddressSchema, 'Hi@Shop.Example', 'EVENT_INVALID', 'test'));
    expect(id).toMatch(/@shop\.example>$/);
    expect(isMessageId(id)).toBe(true);
  });
});

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))
      : item,
  );
}
