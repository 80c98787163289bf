// What is foretold of a grant: the likely cause of what ended it, and never more than is known.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../lib/core/errors.ts';
import type { GrantHealth } from '../../lib/core/grant-health.ts';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { isToAnnounce, troubleOf } from '../../lib/core/mailbox-trouble.ts';
import { parse } from '../../lib/core/parse.ts';
import { prognose } from '../../lib/core/prognosis.ts';
import { toEpochMs } from '../../lib/core/time.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = toEpochMs(1_790_000_000_000);
const MAILBOX = parse(MailboxIdSchema, 'support', 'EVENT_INVALID', 'test');
const ago = (ms: number) => toEpochMs(NOW - ms);
const ahead = (ms: number) => toEpochMs(NOW + ms);
const of = (health: GrantHealth) => prognose(MAILBOX, health, NOW);
const dead = (health: GrantHealth) => of({ failure: 'GRANT_DEAD', failingSince: ago(HOUR), ...health });

describe('a grant that works', () => {
  it.each([
    ['of which nothing is known', {}, undefined],
    ['that was refreshed just now', { grantedAt: ago(40 * DAY), refreshedAt: ago(HOUR) }, 40],
    ['that outlived the end it was given', { refreshTokenExpiresAt: ago(2 * DAY), refreshedAt: ago(HOUR) }, undefined],
    ['that was refreshed five months ago', { refreshedAt: ago(149 * DAY) }, undefined],
  ] as const)('is good: one %s', (_what, health, ageDays) => {
    expect(of(health)).toEqual({ kind: 'good', ageDays });
  });

  it.each([
    ['in Testing', { grantedAt: ago(DAY), refreshTokenExpiresAt: ahead(6 * DAY) }, 6, 'testing-mode'],
    [
      'in Testing, to the hour',
      { grantedAt: ago(6 * DAY), refreshTokenExpiresAt: ahead(DAY - HOUR) },
      0.9,
      'testing-mode',
    ],
    ['by hand in Testing', { refreshTokenExpiresAt: ahead(DAY) }, 1, 'testing-mode'],
    ['for a month', { grantedAt: ago(DAY), refreshTokenExpiresAt: ahead(29 * DAY) }, 29, 'time-limited'],
    ['whose time is over', { grantedAt: ago(8 * DAY), refreshTokenExpiresAt: ago(DAY) }, 0, 'testing-mode'],
    ['that is not used', { refreshedAt: ago(170 * DAY) }, 10, 'unused'],
    ['that was never used', { grantedAt: ago(170 * DAY) }, 10, 'unused'],
  ] as const)('ends on a day that is known: one %s', (_what, health, daysLeft, cause) => {
    const command = 'connect support';
    expect(of(health)).toMatchObject({ kind: 'ends', daysLeft, cause, command });
  });
});

describe('a grant that is dead', () => {
  it.each([
    ['its time had passed', { refreshTokenExpiresAt: ago(2 * HOUR) }, 'testing-mode'],
    [
      'it had been given for a month',
      { grantedAt: ago(30 * DAY), refreshTokenExpiresAt: ago(2 * HOUR) },
      'time-limited',
    ],
    ['it was seven days old', { grantedAt: ago(7 * DAY + 2 * HOUR) }, 'testing-mode'],
    ['it was eight days old', { grantedAt: ago(8 * DAY) }, 'revoked-or-password'],
    [
      'its time had not passed',
      { grantedAt: ago(6.9 * DAY), refreshTokenExpiresAt: ahead(5 * DAY) },
      'revoked-or-password',
    ],
    ['it was not used for six months', { refreshedAt: ago(181 * DAY) }, 'unused'],
    ['it was used yesterday', { grantedAt: ago(400 * DAY), refreshedAt: ago(DAY) }, 'revoked-or-password'],
    ['nothing is known of it', { failingSince: undefined }, 'revoked-or-password'],
  ] as const)('names the likely cause where %s', (_what, health, cause) => {
    expect(dead(health)).toMatchObject({ kind: 'needs-person', code: 'GRANT_DEAD', cause });
  });

  it('is judged by when it died, not by when one looks', () => {
    const health = { grantedAt: ago(60 * DAY), failingSince: ago(53 * DAY) };
    expect(dead(health)).toMatchObject({ cause: 'testing-mode', since: ago(53 * DAY) });
  });
});

it.each([
  ['GRANT_BLOCKED_BY_POLICY', 'policy', ''],
  ['OAUTH_CLIENT_REFUSED', 'client', ' --client FILE'],
  ['SECRET_MISSING', 'secret', ''],
  ['SECRET_MALFORMED', 'secret', ''],
] as const)('%s needs a person', (failure, cause, option) => {
  const command = `connect support${option}`;
  const expected = { kind: 'needs-person', cause, command, since: ago(DAY) };
  expect(of({ failure, failingSince: ago(DAY) })).toMatchObject(expected);
});

it.each(['OAUTH_UNREACHABLE', 'OAUTH_THROTTLED', 'OAUTH_REFUSED', 'TOKEN_UNAVAILABLE'] as const)(
  '%s may pass by itself',
  (failure) => {
    const since = ago(6 * HOUR - 1);
    expect(of({ failure, failingSince: since })).toMatchObject({ kind: 'failing', code: failure, since });
  },
);

it.each(['OAUTH_UNREACHABLE', 'OAUTH_THROTTLED', 'OAUTH_REFUSED', 'TOKEN_UNAVAILABLE'] as const)(
  '%s needs a person where it has lasted for six hours',
  (failure) => {
    const expected = { kind: 'needs-person', code: failure, cause: 'lasting', command: 'connect support' };
    expect(of({ failure, failingSince: ago(6 * HOUR) })).toMatchObject(expected);
    // Since when is not known of a record that an older version wrote.
    expect(of({ failure, failedAt: ago(6 * HOUR) })).toMatchObject({ kind: 'failing' });
  },
);

describe('whatever is known', () => {
  const time = fc.option(fc.integer({ min: 0, max: NOW + 400 * DAY }).map(toEpochMs), { nil: undefined });
  const health = fc.record({
    grantedAt: time,
    refreshTokenExpiresAt: time,
    refreshedAt: time,
    failure: fc.option(fc.constantFrom(...ERROR_CODES), { nil: undefined }),
    failedAt: time,
    failingSince: time,
    announcedAt: time,
    announcedCode: fc.option(fc.constantFrom('GRANT_DEAD', 'GRANT_ENDS'), { nil: undefined }),
  });

  it('a failure is never good, a success never needs a person, and days are never below 0', () => {
    fc.assert(
      fc.property(health, (known) => {
        const found = of(known);
        expect(found.kind === 'failing' || found.kind === 'needs-person').toBe(known.failure !== undefined);
        if (found.kind === 'ends') expect(found.daysLeft).toBeGreaterThanOrEqual(0);
        if (found.kind === 'ends' || found.kind === 'needs-person') {
          expect(found.why).toMatch(/^[A-Z].*\.$/);
          expect(found.cure).toMatch(/^[A-Z].*\.$/);
        }
      }),
    );
  });

  it('people are told at once, then once a day, and never when nobody needs to act', () => {
    fc.assert(
      fc.property(health, fc.integer({ min: 0, max: 3 * DAY }), (known, later) => {
        const found = of(known);
        const trouble = troubleOf(MAILBOX, found);
        if (found.kind === 'needs-person') expect(trouble).toBeDefined();
        if (found.kind === 'ends') expect(trouble === undefined).toBe(found.daysLeft > 2);
        if (found.kind === 'good' || found.kind === 'failing') expect(trouble).toBeUndefined();
        if (trouble === undefined) return;
        const told = { ...known, announcedAt: NOW, announcedCode: trouble.code };
        const since = trouble.since ?? 0;
        expect(isToAnnounce(trouble, told, ahead(later))).toBe(later >= DAY || since > NOW);
        const isAnother = trouble.code !== 'SECRET_MISSING';
        expect(isToAnnounce({ ...trouble, code: 'SECRET_MISSING' }, told, NOW)).toBe(isAnother || since > NOW);
      }),
    );
  });

  it('people are told again of what came back after it was mended', () => {
    const known = { failure: 'GRANT_DEAD', failingSince: ago(HOUR), announcedCode: 'GRANT_DEAD' } as const;
    const trouble = troubleOf(MAILBOX, of(known));
    if (trouble === undefined) throw new Error('it needs a person');
    expect(isToAnnounce(trouble, { ...known, announcedAt: ago(HOUR / 2) }, NOW)).toBe(false);
    expect(isToAnnounce(trouble, { ...known, announcedAt: ago(2 * HOUR) }, NOW)).toBe(true);
  });
});
