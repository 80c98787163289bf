// The cursor: it never goes back, and a UID that a server leaves out of one FETCH is asked for again.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceCursor, type Cursor, parseCursor, readFrom, startCursor } from '../../lib/core/cursor.ts';
import { toEpochMs } from '../../lib/core/time.ts';

const folder = (uidNext: number, uidValidity = '1') => ({ folder: '[Gmail]/All Mail', uidValidity, uidNext });
const at = (minutes: number) => toEpochMs(Math.round(minutes * 60_000));

describe('the cursor', () => {
  it('starts at now: what was there before is not read', () => {
    expect(readFrom(startCursor(folder(101), at(0)), folder(101))).toEqual({ kind: 'uid', above: 100 });
  });

  it('never goes back and never skips a UID that arrived within the last quarter of an hour', () => {
    const polls = fc.array(
      fc.record({ minutes: fc.double({ min: 0.1, max: 10, noNaN: true }), arrived: fc.nat(20), shown: fc.nat(20) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(polls, (steps) => {
        let minutes = 0;
        let uidNext = 1;
        let cursor: Cursor = startCursor(folder(uidNext), at(0));
        const arrivals: { uid: number; at: number }[] = [];
        for (const step of steps) {
          minutes += step.minutes;
          for (let i = 0; i < step.arrived; i++) arrivals.push({ uid: uidNext++, at: minutes });
          const from = readFrom(cursor, folder(uidNext));
          const above = from.kind === 'uid' ? from.above : 0;
          const young = arrivals.filter((arrival) => minutes - arrival.at < 15);
          for (const { uid } of young) expect(uid).toBeGreaterThan(above);
          // The server shows any part of what is new.
          const highest = Math.min(above + step.shown, uidNext - 1);
          const seen = highest > above ? { lowest: above + 1, highest } : undefined;
          const next = advanceCursor(cursor, folder(uidNext), seen, at(minutes));
          expect(next.uid).toBeGreaterThanOrEqual(cursor.uid);
          expect(next.marks.length).toBeLessThan(20);
          cursor = next;
        }
      }),
    );
  });

  it('reads by date when UIDVALIDITY changed, and by UID again after that', () => {
    const cursor = advanceCursor(startCursor(folder(101), at(0)), folder(120), { lowest: 101, highest: 119 }, at(60));
    expect(readFrom(cursor, folder(10, '2'))).toEqual({ kind: 'date', since: at(45) });
    const next = advanceCursor(cursor, folder(10, '2'), { lowest: 4, highest: 9 }, at(61));
    expect(next).toMatchObject({ uidValidity: '2', uid: 9 });
    expect(readFrom(next, folder(12, '2'))).toEqual({ kind: 'uid', above: 3 });
  });

  it('reads by date when UIDs have gone back under the same UIDVALIDITY, as after a backup was put back', () => {
    const cursor = startCursor(folder(1_001), at(100));
    expect(readFrom(cursor, folder(1_001))).toEqual({ kind: 'uid', above: 1_000 });
    expect(readFrom(cursor, folder(901))).toEqual({ kind: 'date', since: at(85) });
    const next = advanceCursor(cursor, folder(901), { lowest: 895, highest: 900 }, at(101));
    expect(readFrom(next, folder(905))).toEqual({ kind: 'uid', above: 894 });
  });

  it('reads by the date of what was left, when UIDVALIDITY changed before a flood was dealt with', () => {
    const cursor = startCursor(folder(101), at(0));
    const next = advanceCursor(cursor, folder(9_000), { lowest: 101, highest: 300 }, at(600), false);
    expect(readFrom(next, folder(9_000))).toMatchObject({ kind: 'uid' });
    expect(readFrom(next, folder(9_000, '2'))).toEqual({ kind: 'date', since: at(-15) });
    const renewed = advanceCursor(next, folder(9_000, '2'), { lowest: 1, highest: 200 }, at(601), false);
    expect(readFrom(renewed, folder(9_000, '3'))).toEqual({ kind: 'date', since: at(-15) });
    const done = advanceCursor(renewed, folder(9_000, '2'), { lowest: 1, highest: 8_999 }, at(602));
    expect(readFrom(done, folder(9_000, '3'))).toEqual({ kind: 'date', since: at(587) });
  });

  it('does not read a whole new mailbox when a changed UIDVALIDITY shows nothing new', () => {
    const next = advanceCursor(startCursor(folder(101), at(0)), folder(5_000, '2'), undefined, at(1));
    expect(readFrom(next, folder(5_000, '2'))).toEqual({ kind: 'uid', above: 4_999 });
  });

  it('reads by date when the folder changed, such as INBOX to a localised All Mail', () => {
    const cursor = startCursor(folder(101), at(100));
    expect(readFrom(cursor, { ...folder(101), folder: '[Gmail]/Alle Nachrichten' })).toEqual({
      kind: 'date',
      since: at(85),
    });
  });

  it('shows each UID of a server that hides some in every FETCH, once it shows it within a quarter of an hour', () => {
    const arrivals = fc.array(
      fc.record({ at: fc.integer({ min: 1, max: 240 }), hiddenFor: fc.integer({ min: 0, max: 14 }) }),
      { maxLength: 80 },
    );
    const polls = fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(arrivals, polls, (unsorted, minutes) => {
        const mails = unsorted.toSorted((a, b) => a.at - b.at).map((mail, i) => ({ ...mail, uid: i + 1 }));
        const read = new Set<number>();
        let cursor: Cursor = startCursor(folder(1), at(0));
        for (const minute of [...minutes.toSorted((a, b) => a - b), 256]) {
          const state = folder(mails.filter((mail) => mail.at <= minute).length + 1);
          const from = readFrom(cursor, state);
          if (from.kind !== 'uid') throw new Error('UIDs kept their meaning');
          const shown = mails.filter(({ uid, ...mail }) => uid > from.above && mail.at + mail.hiddenFor <= minute);
          for (const { uid } of shown) read.add(uid);
          const [lowest, highest] = [shown[0]?.uid, shown.at(-1)?.uid];
          const seen = lowest === undefined || highest === undefined ? undefined : { lowest, highest };
          cursor = advanceCursor(cursor, state, seen, at(minute));
        }
        expect([...read].toSorted((a, b) => a - b)).toEqual(mails.map(({ uid }) => uid));
      }),
      { numRuns: 300 },
    );
  });

  it('holds a bounded number of marks, in order, however often it is moved', () => {
    let cursor: Cursor = startCursor(folder(1), at(0));
    for (let second = 1; second < 7_200; second++) {
      cursor = advanceCursor(cursor, folder(second + 1), { lowest: second, highest: second }, at(second / 60));
      expect(cursor.marks.length).toBeLessThanOrEqual(17);
    }
    expect(cursor.marks).toEqual(cursor.marks.toSorted((a, b) => a.uid - b.uid));
    expect(cursor.uid).toBe(7_199);
    const from = readFrom(cursor, folder(7_200));
    // A quarter of an hour is 900 UIDs here, and a mark is a minute apart from the next.
    expect(from).toEqual({
      kind: 'uid',
      above: expect.toSatisfy((above: number) => above > 7_200 - 965 && above <= 7_200 - 900),
    });
  });

  it('does not go back when a poll is shown old mail only, or nothing', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.nat(100), (start, highest, minutes) => {
        const cursor = startCursor(folder(start + 1), at(0));
        const seen = { lowest: Math.min(1, highest), highest };
        expect(advanceCursor(cursor, folder(start + 1), seen, at(minutes)).uid).toBe(Math.max(start, highest));
        expect(advanceCursor(cursor, folder(start + 1), undefined, at(minutes)).uid).toBe(start);
      }),
    );
  });

  it('is stored as JSON and read back, and a malformed one is named by its attribute', () => {
    const cursor = advanceCursor(startCursor(folder(5), at(0)), folder(9), { lowest: 5, highest: 8 }, at(2));
    expect(parseCursor(JSON.parse(JSON.stringify(cursor)))).toEqual(cursor);
    for (const [field, change] of [
      ['uid', { uid: '5' }],
      ['readAt', { readAt: 0.5 }],
      ['marks.0.uid', { marks: [{ at: 0 }] }],
      ['uidValidity', { uidValidity: undefined }],
    ] as const) {
      expect(() => parseCursor({ ...cursor, ...change })).toThrow(
        expect.objectContaining({ code: 'RECORD_MALFORMED', details: { field } }),
      );
    }
  });
});
