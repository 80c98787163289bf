// The pace at which tokens are written: never more versions within a day than Secrets Manager takes, whoever asks and how
// often, and a refused token is replaced at once while there are few.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterWrite, nextWriteAt } from '../../lib/core/refresh-pace.ts';
import { type EpochMs, toEpochMs } from '../../lib/core/time.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = toEpochMs(1_790_000_000_000);

/** As refresh-tokens does: the schedule always writes, whoever was refused writes when it may. */
function simulate(askEveryMs: readonly number[], durationMs: number): EpochMs[] {
  const writes: EpochMs[] = [];
  let pace: EpochMs | undefined;
  let [nextSchedule, nextAsk, asked] = [0, 0, 0];
  while (Math.min(nextSchedule, nextAsk) < durationMs) {
    const isScheduled = nextSchedule <= nextAsk;
    const now = toEpochMs(START + (isScheduled ? nextSchedule : nextAsk));
    if (isScheduled || nextWriteAt(pace, now) <= now) {
      pace = afterWrite(pace, now);
      writes.push(now);
    }
    if (isScheduled) nextSchedule += 30 * MINUTE;
    else nextAsk += askEveryMs[asked++ % askEveryMs.length] ?? DAY;
  }
  return writes;
}

function mostWithin(writes: readonly EpochMs[], windowMs: number): number {
  return Math.max(...writes.map((first) => writes.filter((time) => time >= first && time < first + windowMs).length));
}

describe('the pace of tokens', () => {
  it('writes at most a hundred versions in any 24 hours to a mailbox that refuses all of them, for days', () => {
    const writes = simulate([1_000], 3 * DAY);
    expect(mostWithin(writes, DAY)).toBeLessThanOrEqual(100);
    // The schedule goes on, and so do attempts.
    expect(writes.length).toBeGreaterThan(3 * 60);
  });

  it('writes no more than that however they ask', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1_000, max: 5 * 60 * MINUTE }), { minLength: 1, maxLength: 20 }),
        (gaps) => {
          const writes = simulate(gaps, 2 * DAY);
          expect(mostWithin(writes, DAY)).toBeLessThanOrEqual(100);
          expect(mostWithin(writes, 10 * DAY) / (2 * 24 * 6)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('lets a dozen follow each other at once, says when the next may, and allows it then', () => {
    let pace: EpochMs | undefined;
    for (let count = 0; count < 12; count += 1) {
      expect(nextWriteAt(pace, START)).toBe(START);
      pace = afterWrite(pace, START);
    }
    const next = nextWriteAt(pace, START);
    expect(next).toBe(START + 20 * MINUTE);
    expect(nextWriteAt(pace, toEpochMs(next - 1))).toBe(next);
    expect(nextWriteAt(pace, next)).toBe(next);
  });

  it('has room again after hours without a refusal, beside the schedule', () => {
    let pace: EpochMs | undefined;
    for (let count = 0; count < 12; count += 1) pace = afterWrite(pace, START);
    for (let half = 1; half <= 24; half += 1) pace = afterWrite(pace, toEpochMs(START + half * 30 * MINUTE));
    const later = toEpochMs(START + 12.4 * 60 * MINUTE);
    for (let count = 0; count < 11; count += 1) {
      expect(nextWriteAt(pace, later)).toBe(later);
      pace = afterWrite(pace, later);
    }
  });

  it('forgets a clock that was days ahead within hours', () => {
    const pace = afterWrite(undefined, toEpochMs(START + 100 * DAY));
    expect(nextWriteAt(pace, START) - START).toBeLessThanOrEqual(60 * MINUTE);
  });
});
