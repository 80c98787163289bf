// What is left of a record when one of its recipients is forgotten: nothing of that person, all of the others.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTheirsAlone, namesPerson, withoutPerson } from '../../lib/core/forgetting.ts';
import { type FinalOutcome, parseFinalOutcome } from '../../lib/core/outcome.ts';

const ADA = 'ada+tag@customer.example';
const PEOPLE = [
  'ada+tag@customer.example',
  'ADA+tag@Customer.example',
  'ada@customer.example',
  'grace@customer.example',
];
const person = fc.constantFrom(...PEOPLE);
const response = person.map((who) => `550 5.1.1 <${who}>: no such user, not ${who}. - gsmtp`);
const sent = { messageId: '<m@shop.example>', sentAt: 1 };
const outcome: fc.Arbitrary<FinalOutcome> = fc.oneof(
  response.map((text): FinalOutcome => ({ kind: 'sent', ...sent, response: text })),
  response.map((text): FinalOutcome => ({ kind: 'failed', messageId: 'm', code: 'RECIPIENT_REFUSED', response: text })),
  fc
    .array(fc.record({ address: person, code: fc.constant('RECIPIENT_REFUSED' as const), response }))
    .map((rejected): FinalOutcome => ({ kind: 'partial', ...sent, rejected })),
  fc.constant<FinalOutcome>({ kind: 'cancelled', messageId: 'm' }),
);
const record = fc.record({
  recipients: fc.array(person, { maxLength: 4 }),
  bounces: fc.array(fc.record({ recipient: person, at: fc.integer() }), { maxLength: 4 }),
  context: fc.constantFrom(undefined, '{"order":1}'),
  outcome: fc.option(outcome, { nil: undefined }),
});
const isAda = (who: string): boolean => who.toLowerCase() === ADA;

describe('a record without a person', () => {
  it('names that person nowhere, in whatever case, and everybody else as before', () => {
    fc.assert(
      fc.property(record, (before) => {
        const after = withoutPerson(before, ADA);
        expect(JSON.stringify(after).toLowerCase()).not.toContain(ADA);
        expect(namesPerson(after, ADA)).toBe(false);
        expect(after.recipients).toEqual(before.recipients.filter((who) => !isAda(who)));
        expect(after.bounces).toEqual(before.bounces.filter(({ recipient }) => !isAda(recipient)));
        expect(withoutPerson(after, ADA)).toEqual(after);
      }),
    );
  });

  it('is a record whose outcome a replay still answers, of the same kind and as many refused', () => {
    fc.assert(
      fc.property(record, (before) => {
        const after = withoutPerson(before, ADA);
        expect(after.outcome?.kind).toBe(before.outcome?.kind);
        if (after.outcome === undefined || before.outcome === undefined) return;
        expect(parseFinalOutcome(after.outcome)).toEqual(after.outcome);
        expect('rejected' in after.outcome && after.outcome.rejected.length).toBe(
          'rejected' in before.outcome && before.outcome.rejected.length,
        );
      }),
    );
  });

  it('keeps a context that may be about others', () => {
    fc.assert(
      fc.property(record, (before) => {
        const isAlone = before.recipients.length > 0 && before.recipients.every(isAda);
        expect(isTheirsAlone(before, ADA)).toBe(isAlone);
        expect(withoutPerson(before, ADA).context).toBe(isAlone ? undefined : before.context);
      }),
    );
  });

  it.each(['=', "'", '/', '`', '{', '|', '"', '<', ':', '%'])(
    'is without an address that stands after %s',
    (before) => {
      const response = `550 5.1.1 user${before}${ADA}: no such user`;
      const people = {
        recipients: [],
        bounces: [],
        outcome: { kind: 'failed', messageId: 'm', code: 'RECIPIENT_REFUSED', response } as const,
      };
      expect(namesPerson(people, ADA)).toBe(true);
      expect(withoutPerson(people, ADA).outcome).toMatchObject({
        response: `550 5.1.1 user${before}(forgotten): no such user`,
      });
    },
  );

  it('is the same where it did not name that person', () => {
    const before = { recipients: ['x.ada+tag@customer.example.org'], bounces: [] };
    expect(namesPerson({ ...before, recipients: ['grace@customer.example'] }, ADA)).toBe(false);
    expect(withoutPerson(before, ADA)).toEqual(before);
    const response = 'no <x.ada+tag@customer.example>, no ada+tag@customer.example.org, no nada+tag@customer.example';
    const outcome = { kind: 'failed', messageId: 'm', code: 'RECIPIENT_REFUSED', response } as const;
    expect(namesPerson({ ...before, outcome }, ADA)).toBe(false);
    expect(withoutPerson({ ...before, outcome }, ADA).outcome).toEqual(outcome);
  });
});
