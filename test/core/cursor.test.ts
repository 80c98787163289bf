// The cursor: it never goes back, and a UID that a server leaves out of one FETCH is asked for again.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceCursor, type Cursor, readFrom, startCursor } from '../../lib/core/cursor.ts';
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

  it('does not read a whole new mailbox when a changed UIDVALIDITY shows nothing new', () => {
    const next = advanceCursor(startCursor(folder(101), at(0)), folder(5_000, '2'), undefined, at(1));
    expect(readFrom(next, folder(5_000, '2'))).toEqual({ kind: 'uid', above: 4_999 });
  });
});
