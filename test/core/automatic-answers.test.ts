// At most three automatic answers go to a thread within an hour, however their requests are repeated.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AutomaticAnswers, admit, stoppedUntil } from '../../lib/core/automatic-answers.ts';
import { MessageKeySchema } from '../../lib/core/message-key.ts';
import { parse } from '../../lib/core/parse.ts';
import { toEpochMs } from '../../lib/core/time.ts';

const HOUR_MS = 3_600_000;
const key = (name: string) => parse(MessageKeySchema, name, 'EVENT_INVALID', 'test');

describe('automatic answers', () => {
  it('are three within any hour, and there is always a fourth after it', () => {
    const wishes = fc.array(fc.record({ name: fc.nat(30), pause: fc.nat(HOUR_MS) }), { maxLength: 60 });
    fc.assert(
      fc.property(wishes, (asked) => {
        let now = 0;
        let answers: AutomaticAnswers = [];
        const given = new Map<string, number>();
        for (const { name, pause } of asked) {
          now += pause;
          const verdict = admit(answers, key(String(name)), toEpochMs(now));
          const isKnown = (given.get(String(name)) ?? -HOUR_MS) > now - HOUR_MS;
          if (verdict.kind === 'stopped') {
            expect(isKnown).toBe(false);
            expect(verdict.until).toBeGreaterThan(now);
            expect(admit(answers, key(String(name)), verdict.until).kind).toBe('admitted');
            continue;
          }
          answers = verdict.answers;
          if (!isKnown) given.set(String(name), now);
          expect([...given.values()].filter((at) => now - at < HOUR_MS).length).toBeLessThanOrEqual(3);
          expect(answers.length).toBeLessThanOrEqual(3);
        }
      }),
    );
  });

  it('are stopped until the oldest of the three is an hour old', () => {
    const answers = [1, 2, 3].map((minute) => ({ key: key(String(minute)), at: toEpochMs(minute * 60_000) }));
    expect(stoppedUntil(answers, toEpochMs(4 * 60_000))).toBe(60_000 + HOUR_MS);
    expect(stoppedUntil(answers, toEpochMs(60_000 + HOUR_MS))).toBeUndefined();
    expect(stoppedUntil(answers.slice(1), toEpochMs(4 * 60_000))).toBeUndefined();
  });

  it('counts the repeat of a request once', () => {
    const first = admit([], key('a'), toEpochMs(1));
    expect(first.kind === 'admitted' && admit(first.answers, key('a'), toEpochMs(2))).toEqual(first);
  });
});
