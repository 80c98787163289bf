// The POP3 cursor: whatever a server does to its listing, a mail that came after the start is shown until it was dealt
// with; and what it remembers stays small.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EpochMs, toEpochMs } from '../../lib/core/time.ts';
import {
  advanceUidlCursor,
  type ListedMessage,
  parseUidlCursor,
  startUidlCursor,
  type UidlCursor,
  unseen,
} from '../../lib/core/uidl-cursor.ts';

const HOUR = 3_600_000;
const START = 1_795_000_000_000;
const at = (hours: number): EpochMs => toEpochMs(START + Math.round(hours * HOUR));
const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `m${from + index}`);
const listed = (uidls: readonly string[]): ListedMessage[] => uidls.map((uidl, index) => ({ number: index + 1, uidl }));
const all = (listing: readonly ListedMessage[]): Set<number> => new Set(listing.map(({ number }) => number));
const names = (cursor: UidlCursor, listing: readonly ListedMessage[]): string[] =>
  unseen(cursor, listing).messages.map(({ uidl }) => uidl);

describe('what is new in a listing', () => {
  it('is nothing at the first connection, and then what came behind', () => {
    const cursor = startUidlCursor(listed(range(0, 5)), at(0));
    expect(unseen(cursor, listed(range(0, 5)))).toEqual({ messages: [] });
    expect(unseen(cursor, listed(range(2, 7)))).toEqual({
      messages: [
        { number: 4, uidl: 'm5' },
        { number: 5, uidl: 'm6' },
      ],
    });
  });

  it('is everything since a date where one is asked for, until all of it was dealt with', () => {
    const listing = listed(range(0, 3));
    const cursor = startUidlCursor(listing, at(5), at(0));
    expect(unseen(cursor, listing)).toEqual({ messages: listing, since: at(0) });
    const next = advanceUidlCursor(cursor, listing, new Set([1]), at(6));
    expect(unseen(next, listing)).toEqual({ messages: listing.slice(1), since: at(0) });
    const last = advanceUidlCursor(next, listing, new Set([2, 3]), at(7));
    expect(unseen(last, listed(range(0, 4)))).toEqual({ messages: [{ number: 4, uidl: 'm3' }] });
  });

  it('is what was received since a day before all was done, when the server names everything anew', () => {
    const listing = listed(range(0, 3));
    let cursor = startUidlCursor(listing, at(0));
    cursor = advanceUidlCursor(cursor, listed(range(0, 5)), new Set([4]), at(50));
    const renamed = listed(['x0', 'x1', 'x2', 'x3', 'x4']);
    expect(unseen(cursor, renamed)).toEqual({ messages: renamed, since: at(-24) });
    cursor = advanceUidlCursor(cursor, renamed, new Set([1, 2, 3]), at(60));
    expect(unseen(cursor, renamed)).toEqual({ messages: renamed.slice(3), since: at(-24) });
    cursor = advanceUidlCursor(cursor, renamed, all(renamed), at(70));
    expect(unseen(cursor, renamed)).toEqual({ messages: [] });
  });

  it('is nothing when a server for once listed nothing at all', () => {
    const listing = listed(range(0, 9));
    const cursor = advanceUidlCursor(startUidlCursor(listing, at(0)), [], new Set(), at(1));
    expect(names(cursor, listing)).toEqual([]);
    expect(cursor.readAt).toBe(at(1));
  });

  it('is found at either end of a listing longer than what is remembered, and nothing between', () => {
    const old = range(0, 10_000);
    const cursor = startUidlCursor(listed(old), at(0));
    expect(cursor.dealtWith).toHaveLength(2_000);
    expect(unseen(cursor, listed([...old, 'new']))).toEqual({ messages: [{ number: 10_001, uidl: 'new' }] });
    expect(unseen(cursor, listed(['new', ...old]))).toEqual({ messages: [{ number: 1, uidl: 'new' }] });
    // Those that left by their age, and others that somebody deleted, among them neighbours of the forgotten.
    expect(names(cursor, listed([...old.slice(700).filter((_, index) => index % 2 === 0), 'new']))).toEqual(['new']);
  });

  it.each([
    ['turned round', (old: string[]) => old.toReversed()],
    ['shuffled', (old: string[]) => old.toSorted((one, other) => one.slice(-2).localeCompare(other.slice(-2)))],
    ['with one more in its middle', (old: string[]) => old.toSpliced(2_500, 0, 'inserted')],
    ['without the neighbours of the forgotten', (old: string[]) => old.slice(3_000)],
  ])('is told by date in a long listing %s', (_, change) => {
    const cursor = startUidlCursor(listed(range(0, 5_000)), at(0));
    const listing = listed([...change(range(0, 5_000)), 'new']);
    expect(unseen(cursor, listing).since).toBe(at(-24));
    expect(names(cursor, listing)).toContain('new');
  });

  it('is what was left open, wherever in a long listing that stands', () => {
    const listing = listed(range(0, 3_000));
    const open = listing.filter(({ number }) => number < 1_500 && number % 2 === 0);
    const done = new Set(listing.map(({ number }) => number).filter((number) => number >= 1_500 || number % 2 === 1));
    const cursor = advanceUidlCursor(startUidlCursor([], at(0)), listing, done, at(1));
    expect(cursor.forgotten).toBeGreaterThan(0);
    expect(unseen(cursor, listing)).toEqual({ messages: open });
  });

  it('names a mail of two copies with one unique-id until either was dealt with', () => {
    const cursor = startUidlCursor([], at(0));
    const listing = listed(['copy', 'copy', 'other']);
    expect(names(cursor, listing)).toEqual(['copy', 'copy', 'other']);
    expect(names(advanceUidlCursor(cursor, listing, new Set([1]), at(1)), listing)).toEqual(['other']);
  });
});

describe('what is remembered', () => {
  it('fits an item, is stored as JSON and read back', () => {
    const cursor = startUidlCursor(listed(range(0, 30_000)), at(0));
    const open = advanceUidlCursor(cursor, listed(range(0, 40_000)), new Set([30_001, 30_003]), at(1));
    for (const one of [cursor, open, startUidlCursor([], at(1), at(0))]) {
      const stored = JSON.stringify(one);
      expect(stored.length).toBeLessThan(64 * 1024);
      expect(parseUidlCursor(JSON.parse(stored))).toEqual(one);
    }
  });

  it('is named by its attribute where it is malformed', () => {
    const cursor = startUidlCursor(listed(['a']), at(0));
    for (const [field, change] of [
      ['dealtWith.0', { dealtWith: ['short'] }],
      ['dealtWith', { dealtWith: Array.from({ length: 2_001 }, () => 'abcdefghijkl') }],
      ['forgotten', { forgotten: -1 }],
      ['forgottenAfter', { forgottenAfter: 0.5 }],
      ['readAt', { readAt: '1' }],
      ['completeAt', { completeAt: undefined }],
    ] as const) {
      expect(() => parseUidlCursor({ ...cursor, ...change })).toThrow(
        expect.objectContaining({ code: 'RECORD_MALFORMED', details: { field } }),
      );
    }
  });
});

interface Mail {
  readonly name: string;
  readonly receivedAt: number;
  readonly isNew: boolean;
}

/** A server, and a reader that is killed and disturbed at will. */
class World {
  mails: Mail[];
  cursor: UidlCursor;
  readonly routed = new Set<string>();
  /** How many the last poll was shown. */
  openAtLast = 0;
  #hours = 0;
  #generation = 0;
  #count: number;

  constructor(old: number) {
    this.#count = old;
    // An hour apart, so that the newest of them are younger than a day.
    this.mails = range(0, old).map((name, index) => ({ name, receivedAt: at(index - old), isNew: false }));
    this.cursor = startUidlCursor(this.#listing('kept'), at(0));
  }

  happen(step: Step): void {
    this.#hours += step.hours;
    for (let left = step.arrive; left > 0; left -= 1) {
      this.mails.push({ name: `m${this.#count++}`, receivedAt: at(this.#hours), isNew: true });
    }
    this.mails = this.mails.filter((_, index) => step.remove === 0 || index % step.remove !== step.remove - 1);
    this.mails.splice(0, step.expire);
    if (step.rename) this.#generation += 1;
    this.#poll(step);
  }

  missing(): string[] {
    return this.mails.filter(({ name, isNew }) => isNew && !this.routed.has(name)).map(({ name }) => name);
  }

  #poll({ order, dealWith, killed }: Pick<Step, 'order' | 'dealWith' | 'killed'>): void {
    const listing = this.#listing(order);
    const byName = new Map(this.mails.map((mail) => [mail.name, mail]));
    const { messages, since = 0 } = unseen(this.cursor, listing);
    const done = new Set<number>();
    this.openAtLast = messages.length;
    for (const [index, { number, uidl }] of messages.entries()) {
      const mail = byName.get(uidl.replace(/^\d+-/, ''));
      if (mail === undefined || !dealWith(index)) continue;
      done.add(number);
      if (mail.receivedAt >= since) this.routed.add(mail.name);
    }
    if (killed) return;
    const next = advanceUidlCursor(this.cursor, listing, done, at(this.#hours));
    expect(JSON.stringify(next).length).toBeLessThan(64 * 1024);
    this.cursor = parseUidlCursor(JSON.parse(JSON.stringify(next)));
  }

  #listing(order: Step['order']): ListedMessage[] {
    const uidls = this.mails.map(({ name }) => `${this.#generation}-${name}`);
    const cut = Math.floor(uidls.length / 3);
    if (order === 'reversed') uidls.reverse();
    if (order === 'rotated') uidls.push(...uidls.splice(0, cut));
    if (order === 'shuffled') uidls.sort((one, other) => one.slice(-1).localeCompare(other.slice(-1)));
    return listed(uidls);
  }
}

interface Step {
  readonly hours: number;
  readonly arrive: number;
  /** Every so many-th is deleted; 0 for none. */
  readonly remove: number;
  readonly expire: number;
  readonly rename: boolean;
  readonly order: 'kept' | 'reversed' | 'rotated' | 'shuffled';
  readonly dealWith: (index: number) => boolean;
  readonly killed: boolean;
}

const oftenFalse = fc.integer({ min: 0, max: 9 }).map((one) => one === 9);
const step = (mostArriving: number): fc.Arbitrary<Step> =>
  fc.record({
    hours: fc.constantFrom(0.1, 1, 30),
    arrive: fc.oneof(fc.nat(5), fc.nat(mostArriving)),
    remove: fc.constantFrom(0, 0, 2, 3, 50),
    expire: fc.constantFrom(0, 0, 1, 20),
    rename: oftenFalse,
    order: fc.constantFrom(
      'kept' as const,
      'kept' as const,
      'reversed' as const,
      'rotated' as const,
      'shuffled' as const,
    ),
    dealWith: fc.oneof(
      fc.constant(() => true),
      fc.nat(mostArriving).map((most) => (index: number) => index < most),
      fc.integer({ min: 2, max: 5 }).map((every) => (index: number) => index % every !== 0),
    ),
    killed: oftenFalse,
  });
/**
 * Where more is listed than can be remembered, new mail in the middle of a listing is told from mail that was deleted there
 * by the count alone, so of the two one at a time (docs/decisions/0017-pop3.md). Gmail lists new mail last.
 */
function oneAtATime(one: Step): Step {
  const isInTheMiddle = one.order === 'rotated' || one.order === 'shuffled';
  return isInTheMiddle || one.killed ? { ...one, remove: 0, expire: 0 } : one;
}

const calm: Step = {
  hours: 1,
  arrive: 0,
  remove: 0,
  expire: 0,
  rename: false,
  order: 'kept',
  dealWith: () => true,
  killed: false,
};

describe('a mail that came after the start', () => {
  it('is not skipped where another order has what is remembered ascend by chance', () => {
    const cursor = startUidlCursor(listed(range(0, 2_600)), at(0));
    expect(cursor).toMatchObject({ forgotten: 600, forgottenAfter: 1_000 });
    const mixed = range(900, 1_000).flatMap((name, index) => [name, `m${1_000 + index}`]);
    const reordered = [...range(0, 900), ...mixed, 'new', ...range(1_600, 2_600), ...range(1_100, 1_600)];
    expect(unseen(cursor, listed(reordered)).messages.map(({ uidl }) => uidl)).toContain('new');
  });

  it.each([
    ['a small mailbox', 0, 30, 60, 400, (one: Step) => one],
    ['a mailbox about as large as what is remembered', 1_990, 40, 20, 15, oneAtATime],
    ['a mailbox larger than what is remembered, and arrivals that are more', 2_600, 2_500, 10, 10, oneAtATime],
  ])('is never skipped in %s', (_, old, mostArriving, mostSteps, numRuns, restrain) => {
    fc.assert(
      fc.property(fc.array(step(mostArriving), { maxLength: mostSteps }), (steps) => {
        const world = new World(old);
        for (const one of steps) world.happen(restrain(one));
        for (let polls = 0; polls < 5; polls += 1) world.happen(calm);
        expect(world.missing()).toEqual([]);
        // And nothing is named for ever.
        expect(world.openAtLast).toBe(0);
      }),
      { numRuns },
    );
  });
});
