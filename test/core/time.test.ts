// Times are whole milliseconds, and rests stay within their bounds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, after as later, toEpochMs } from '../../lib/core/time.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('a time', () => {
  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('is not %s', (value) => {
    expect(() => toEpochMs(value)).toThrow(RangeError);
  });

  it('moves by whole milliseconds', () => {
    expect(later(toEpochMs(1_000), 0.6)).toBe(1_001);
    expect(later(toEpochMs(1_000), -1_000)).toBe(0);
  });
});

describe('backoff', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [6, 32],
    [7, 60],
    [1_000_000, 60],
  ])('at attempt %i rests about %i minutes', (attempt, minutes) => {
    expect(backoffMs(attempt, 0.5)).toBe(minutes * 60_000);
  });

  it('is spread by a quarter either way, and never below 45 s or above 75 min', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 5_000 }), random, (attempt, chance) => {
        const rest = backoffMs(attempt, chance);
        const middle = backoffMs(attempt, 0.5);
        expect(Number.isSafeInteger(rest)).toBe(true);
        expect(Math.abs(rest - middle)).toBeLessThanOrEqual(middle / 4);
        expect(rest).toBeGreaterThanOrEqual(45_000);
        expect(rest).toBeLessThanOrEqual(4_500_000);
      }),
    );
  });
});
