// What a mailbox may send: whatever comes in whatever order, its quota is never exceeded, it never has more than three
// slots, and on hold it sends nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmailAddressSchema } from '../../lib/core/address.ts';
import { parse } from '../../lib/core/parse.ts';
import { limitsOf, usageOf } from '../../lib/core/quota.ts';
import {
  finish,
  heldBy,
  holdByOperator,
  isKept,
  NOTHING_SENT,
  type OperatorHold,
  probeNow,
  releaseHolds,
  reserve,
  restOfOperatorHold,
  type SendingState,
  SLOTS,
  sentElsewhere,
} from '../../lib/core/sending-state.ts';
import { type EpochMs, after as plus, toEpochMs } from '../../lib/core/time.ts';

const HOUR = 3_600_000;
const NOON = toEpochMs(1_795_000_000_000);
const LIMITS = { messages: 12, recipients: 40, external: 24, unique: 9 };
const MAILBOX = { address: address('support@shop.example') };

function address(text: string) {
  return parse(EmailAddressSchema, text, 'REQUEST_INVALID', 'test');
}

/** As many as are asked for, of two. */
function people(count: number) {
  return Array.from({ length: count }, (_, index) => address(`p${index % 2}@${index % 3 ? 'shop' : 'else'}.example`));
}

function wish(slot: string, now: EpochMs, recipients = 1) {
  return wishFor(slot, now, people(recipients));
}

function wishFor(slot: string, now: EpochMs, recipients: ReturnType<typeof people>) {
  return { slot, until: plus(now, 90_000), usage: usageOf(MAILBOX, recipients), limits: LIMITS };
}

function reserved(state: SendingState, slot: string, now: EpochMs, recipients = 1): SendingState {
  const reservation = reserve(state, wish(slot, now, recipients), now);
  if (reservation.kind !== 'reserved') throw new Error(`it is ${reservation.kind}`);
  return reservation.state;
}

describe('slots', () => {
  const full = ['a', 'b', 'c'].reduce((state, slot) => reserved(state, slot, NOON), NOTHING_SENT);

  it('are three, and the next is free when the first lease ends or is given back', () => {
    expect(reserve(full, wish('d', NOON), NOON)).toEqual({ kind: 'no-slot', until: plus(NOON, 90_000) });
    expect(reserve(full, wish('a', NOON), NOON).kind).toBe('reserved');
    expect(reserve(finish(full, { slot: 'b', isAccepted: true, unsent: [] }, NOON), wish('d', NOON), NOON).kind).toBe(
      'reserved',
    );
    const later = plus(NOON, 90_001);
    expect(reserve(full, wish('d', later), later).kind).toBe('reserved');
  });

  it('may be kept with their connection, one at a time', () => {
    const keptUntil = plus(NOON, 30_000);
    const keep = (state: SendingState, slot: string) =>
      finish(state, { slot, isAccepted: true, unsent: [], keptUntil }, NOON);
    const kept = keep(full, 'a');
    expect(isKept(kept, 'a')).toBe(true);
    expect(reserve(kept, wish('d', NOON), NOON)).toEqual({ kind: 'no-slot', until: keptUntil });
    expect(reserve(kept, wish('a', NOON), NOON).kind).toBe('reserved');
    const second = keep(kept, 'b');
    expect(isKept(second, 'b')).toBe(false);
    expect(reserve(second, wish('d', NOON), NOON).kind).toBe('reserved');
    expect(isKept(keep(reserved(second, 'a', NOON), 'c'), 'c')).toBe(true);
  });
});

describe('a hold', () => {
  const trouble = (state: SendingState, now: EpochMs, code = 'MAILBOX_THROTTLED' as const, slot = 'a') =>
    finish(state, { slot, isAccepted: false, unsent: [], trouble: { code, random: 0.5 } }, now);

  it('lets nothing pass before its time, then one message, and is over when that is taken', () => {
    const held = trouble(reserved(NOTHING_SENT, 'a', NOON), NOON);
    const until = held.hold?.until ?? NOON;
    expect(until - NOON).toBe(2 * 60_000);
    const before = toEpochMs(until - 1);
    expect(reserve(held, wish('b', before), before)).toEqual({ kind: 'held', code: 'MAILBOX_THROTTLED', until });
    const probing = reserved(held, 'b', until);
    expect(reserve(probing, wish('c', until), until).kind).toBe('no-slot');
    expect(finish(probing, { slot: 'b', isAccepted: false, unsent: [] }, until).hold).toEqual(held.hold);
    const over = finish(probing, { slot: 'b', isAccepted: true, unsent: [] }, until);
    expect(over.hold).toBeUndefined();
  });

  it('doubles while the trouble lasts, up to a limit, and is one hold for those who met it side by side', () => {
    let state = trouble(NOTHING_SENT, NOON, 'MAILBOX_THROTTLED', 'a');
    expect(trouble(state, plus(NOON, 1), 'MAILBOX_THROTTLED', 'b').hold).toEqual(state.hold);
    const waits: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const now = state.hold?.until ?? NOON;
      state = trouble(state, now);
      waits.push((state.hold?.until ?? now) - now);
    }
    expect(waits.map((wait) => wait / 60_000)).toEqual([4, 8, 16, 32, 64, 120, 120, 120, 120]);
  });

  it('is not ended by a message that was under way when it began', () => {
    const two = reserved(reserved(NOTHING_SENT, 'a', NOON), 'b', NOON);
    const held = trouble(two, NOON);
    expect(finish(held, { slot: 'b', isAccepted: true, unsent: [] }, plus(NOON, 1_000)).hold).toEqual(held.hold);
  });
});

describe('a hold by a person', () => {
  const trouble = { code: 'MAILBOX_THROTTLED', random: 0.5 } as const;
  const events = {
    accepted: (state: SendingState, now: EpochMs) => finish(state, { slot: 'a', isAccepted: true, unsent: [] }, now),
    throttled: (state: SendingState, now: EpochMs) =>
      finish(state, { slot: 'a', isAccepted: false, unsent: [], trouble }, now),
    'held by mail': (state: SendingState, now: EpochMs) => heldBy(state, trouble, now),
    'probed for a new grant': probeNow,
    'sent elsewhere': (state: SendingState, now: EpochMs) =>
      sentElsewhere(state, [{ at: now, recipients: 1, external: 1 }]),
  };
  const event = fc.constantFrom(...Object.values(events));
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 * HOUR }), event), { maxLength: 30 });
  const untils = fc.option(fc.integer({ min: 1, max: 48 * HOUR }), { nil: undefined });

  it('lets nothing pass until its end, whatever happens, and is looked at again within the hour', () => {
    fc.assert(
      fc.property(untils, steps, (span, acts) => {
        const ends = span === undefined ? {} : { until: plus(NOON, span) };
        const hold: OperatorHold = { since: NOON, ...ends };
        let now = NOON;
        let state = holdByOperator(reserved(NOTHING_SENT, 'a', NOON), hold);
        for (const [passMs, act] of acts) {
          now = plus(now, passMs);
          state = act(state, now);
          expect(state.operatorHold).toEqual(hold);
          const isOver = hold.until !== undefined && hold.until <= now;
          const reservation = reserve(state, wish('b', now), now);
          if (isOver) {
            expect(reservation).not.toMatchObject({ code: 'HELD_BY_OPERATOR' });
            continue;
          }
          const until = Math.min(hold.until ?? Number.POSITIVE_INFINITY, now + HOUR);
          expect(reservation).toEqual({ kind: 'held', code: 'HELD_BY_OPERATOR', until });
        }
      }),
    );
  });

  it('is over with its time without a probe, and stands beside the hold of Mailroom', () => {
    const held = holdByOperator(NOTHING_SENT, { since: NOON, until: plus(NOON, 60_000) });
    const later = plus(NOON, 60_000);
    expect(restOfOperatorHold(held, later)).toBeUndefined();
    expect(reserve(reserved(held, 'a', later), wish('b', later), later).kind).toBe('reserved');
    const both = heldBy(held, trouble, NOON);
    expect(reserve(both, wish('a', later), later)).toMatchObject({ kind: 'held', code: 'MAILBOX_THROTTLED' });
  });

  it('ends with every other hold when it is released, and the quota stays', () => {
    const sent = reserved(NOTHING_SENT, 'a', NOON);
    const held = heldBy(holdByOperator(sent, { since: NOON, reason: 'test' }), trouble, NOON);
    expect(releaseHolds(held)).toEqual(sent);
    expect(reserve(releaseHolds(held), wish('b', NOON), NOON).kind).toBe('reserved');
  });
});

/** Some of the mailbox's own domain, most of others; more than may be written to in a day. */
const PEOPLE = Array.from({ length: 14 }, (_, index) => address(`p${index}@${index < 5 ? 'shop' : 'else'}.example`));

describe('the quota', () => {
  it('is that of the plan, unless the profile sets another', () => {
    const profile = { id: 'support', address: 'a@shop.example', plan: 'consumer', protocol: 'imap' } as never;
    expect(limitsOf(profile)).toEqual({ messages: 500, recipients: 10_000, external: 3_000, unique: 3_000 });
    expect(limitsOf({ ...(profile as object), limits: { messages: 7 } } as never)).toEqual({
      messages: 7,
      recipients: 10_000,
      external: 3_000,
      unique: 3_000,
    });
  });

  it('says when there is room again', () => {
    const start = toEpochMs(Math.floor(NOON / HOUR) * HOUR);
    const full = Array.from({ length: LIMITS.messages }).reduce<SendingState>(
      (state) => reserved(state, 'a', start),
      NOTHING_SENT,
    );
    const refused = reserve(full, wish('a', start), start);
    expect(refused).toEqual({ kind: 'held', code: 'QUOTA_EXCEEDED', until: plus(start, 25 * HOUR) });
    expect(reserve(full, wish('a', start), plus(start, 25 * HOUR - 1)).kind).toBe('held');
    expect(reserve(full, wish('a', start), plus(start, 25 * HOUR)).kind).toBe('reserved');
    expect(reserve(NOTHING_SENT, wish('a', start, LIMITS.recipients + 1), start).kind).toBe('held');
  });

  it('tells recipients apart where there are so many that it matters: the same ones may get more mail', () => {
    const limits = { messages: 1_000, recipients: 1_000, external: 1_000, unique: 12 };
    const ask = (state: SendingState, who: string) =>
      reserve(state, { ...wish('a', NOON), limits, usage: usageOf(MAILBOX, [address(`${who}@else.example`)]) }, NOON);
    let state = NOTHING_SENT;
    for (let round = 0; round < 100; round += 1) {
      const reservation = ask(state, `same${round % 3}`);
      if (reservation.kind === 'reserved') state = reservation.state;
      expect(reservation.kind).toBe('reserved');
    }
    // Eight were counted before they were told apart, and three of them since.
    expect(ask(state, 'other').kind).toBe('reserved');
    for (const who of ['w', 'x', 'y', 'z']) {
      const reservation = ask(state, who);
      if (reservation.kind === 'reserved') state = reservation.state;
    }
    expect(ask(state, 'another').kind).toBe('held');
    expect(ask(state, 'same1').kind).toBe('reserved');
  });

  it('counts what others send from the mailbox, when they sent it', () => {
    const earlier = plus(NOON, -3 * HOUR);
    const counts = Array.from({ length: LIMITS.messages }, () => ({ at: earlier, recipients: 1, external: 0 }));
    const full = sentElsewhere(NOTHING_SENT, counts);
    expect(reserve(full, wish('a', NOON), NOON).kind).toBe('held');
    expect(reserve(full, wish('a', NOON), plus(NOON, 22 * HOUR)).kind).toBe('reserved');
  });

  it('gets back what was counted and not sent, in the hour in which it was counted', () => {
    const later = plus(NOON, 2 * HOUR);
    const two = reserved(reserved(NOTHING_SENT, 'a', NOON, 3), 'a', later, 4);
    const unsent = [{ at: NOON, recipients: 3, external: 1 }];
    const { hours } = finish(two, { slot: 'a', isAccepted: false, unsent }, later);
    expect(hours.map(({ messages, recipients, external }) => [messages, recipients, external])).toEqual([
      [0, 0, 0],
      [1, 4, 2],
    ]);
    const nextDay = finish(reserved(two, 'a', plus(later, 26 * HOUR)), { slot: 'a', isAccepted: false, unsent }, later);
    expect(nextDay.hours.map(({ messages }) => messages)).toEqual([1]);
  });

  it('is never exceeded in any 24 hours, and neither are the slots', () => {
    const act = fc.record({
      passMs: fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 24 * HOUR })),
      slot: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      recipients: fc.array(fc.constantFrom(...PEOPLE), { minLength: 1, maxLength: 6 }),
      end: fc.constantFrom('nothing', 'nothing', 'nothing', 'nothing', 'accepted', 'accepted', 'kept', 'throttled'),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
        let now = NOON;
        let state = NOTHING_SENT;
        const sent: { at: number; recipients: readonly string[] }[] = [];
        for (const { passMs, slot, recipients, end } of acts) {
          now = plus(now, passMs);
          const held = state.hold !== undefined && state.hold.until > now;
          const reservation = reserve(state, wishFor(slot, now, recipients), now);
          if (reservation.kind === 'reserved') {
            expect(held).toBe(false);
            state = reservation.state;
            sent.push({ at: now, recipients });
          } else {
            expect(reservation.until).toBeGreaterThan(now);
          }
          if (end !== 'nothing') {
            const trouble = end === 'throttled' ? { trouble: { code: 'MAILBOX_THROTTLED', random: 0.5 } as const } : {};
            const kept = end === 'kept' ? { keptUntil: plus(now, 30_000) } : {};
            state = finish(state, { slot, isAccepted: end === 'accepted', unsent: [], ...trouble, ...kept }, now);
          }
          expect(state.slots.filter(({ until }) => until > now).length).toBeLessThanOrEqual(SLOTS);
          const day = sent.filter(({ at }) => at > now - 24 * HOUR);
          expect(day.length).toBeLessThanOrEqual(LIMITS.messages);
          const all = day.flatMap((mail) => mail.recipients);
          expect(all.length).toBeLessThanOrEqual(LIMITS.recipients);
          expect(all.filter((to) => !to.endsWith('@shop.example')).length).toBeLessThanOrEqual(LIMITS.external);
          expect(new Set(all).size).toBeLessThanOrEqual(LIMITS.unique);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
