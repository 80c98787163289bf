// What send-mail is given: a request, a reference to one in the bucket, or a message that is due again.
import { describe, expect, it } from 'vitest';
import { parseSendEvent } from '../../lib/core/send-event.ts';

const VALID = {
  version: 1,
  mailbox: 'support',
  idempotencyKey: 'k',
  to: 'ada@example.org',
  subject: 'Hi',
  text: 'Hello',
};

describe('parseSendEvent', () => {
  const identity = { version: 1, mailbox: 'support', idempotencyKey: 'k' };

  it('tells a request, a reference to one and a resumption apart', () => {
    expect(parseSendEvent(VALID)).toMatchObject({ kind: 'request', json: JSON.stringify(VALID) });
    const reference = { ...identity, requestObject: 'requests/a/b.json' };
    expect(parseSendEvent(reference)).toEqual({ kind: 'reference', ...reference });
    expect(parseSendEvent({ ...identity, resume: true })).toEqual({ kind: 'resumption', ...identity, resume: true });
  });

  it.each([
    ['requestObject', { ...identity, requestObject: 'replies/secret' }],
    ['requestObject', { ...identity, requestObject: 'requests/secret\n' }],
    ['resume', { ...identity, resume: 'secret' }],
    ['subject', { ...identity, resume: true, subject: 'secret' }],
    ['idempotencyKey', { ...identity, idempotencyKey: '', resume: true }],
  ])('names %s', (field, input) => {
    expect(() => parseSendEvent(input)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', details: { field } }),
    );
    expect(() => parseSendEvent(input)).not.toThrow(/secret/);
  });
});
