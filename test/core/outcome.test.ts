// Outcomes: what is stored and what is answered is read back, and what this version does not know is named.
import { describe, expect, it } from 'vitest';
import { MailError } from '../../lib/core/errors.ts';
import { parseFinalOutcome, parseSendOutcome } from '../../lib/core/outcome.ts';

const messageId = '<m@shop.example>';
const SENT = { kind: 'sent', messageId, response: '250 OK', sentAt: 5 };
const PARTIAL = {
  kind: 'partial',
  messageId,
  response: '250 OK',
  sentAt: 5,
  rejected: [{ address: 'a@b.example', code: 'RECIPIENT_REFUSED', response: '550 5.1.1 no' }],
};
const FAILED = { kind: 'failed', messageId, code: 'POLICY_REFUSED', response: '550 5.7.1 no' };

describe('a final outcome', () => {
  it.each([SENT, PARTIAL, FAILED, { kind: 'failed', messageId, code: 'RETRIES_EXHAUSTED' }])(
    'may be $kind',
    (outcome) => {
      expect(parseFinalOutcome(JSON.parse(JSON.stringify(outcome)))).toEqual(outcome);
      expect(parseSendOutcome({ kind: 'replayed', messageId, saved: outcome })).toMatchObject({ saved: outcome });
    },
  );

  it.each([
    ['kind', { ...SENT, kind: 'hush' }],
    ['kind', {}],
    ['sentAt', { ...SENT, sentAt: 'hush' }],
    ['rejected.0.code', { ...PARTIAL, rejected: [{ address: 'hush', code: 'HUSH', response: 'hush' }] }],
    ['code', { ...FAILED, code: 'toString' }],
    ['(whole)', 'hush'],
    ['(whole)', null],
  ])('is refused by the name of %s, without its value', (field, stored) => {
    try {
      parseFinalOutcome(stored);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(MailError);
      expect(error).toMatchObject({ code: 'RECORD_MALFORMED', details: { field } });
      expect(String(error)).not.toMatch(/hush/i);
    }
  });
});

describe('the outcome of a send', () => {
  it.each([
    SENT,
    PARTIAL,
    FAILED,
    { kind: 'queued', messageId, dueAt: 9 },
    { kind: 'queued', messageId, dueAt: 9, code: 'QUOTA_EXCEEDED' },
    { kind: 'unknown', messageId, since: 9 },
  ])('may be %j', (outcome) => {
    expect(parseSendOutcome(outcome)).toEqual(outcome);
  });

  it('is refused where sender and receiver are of different versions', () => {
    for (const answer of [undefined, { kind: 'teleported', messageId }, { kind: 'unknown', messageId }, []]) {
      expect(() => parseSendOutcome(answer)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }));
    }
  });
});
