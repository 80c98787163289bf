// A machine whose clock is wrong: what writes its time is refused, and nothing is blamed on a clock that nobody compared.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseSkewedClock } from '../../cli/clock-skew.ts';
import { checkClock } from '../../cli/doctor/clock.ts';
import { ADA, startTestStack, type TestStack } from '../functions/stack.ts';
import { HOUR_AHEAD, runMailroom } from './run-mailroom.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.invoke('RefreshTokensFunction', {});
});

afterAll(async () => {
  await stack?.stop();
});

describe('an hour ahead', () => {
  it.each([
    ['hold', ['hold', 'support', '--until', '2h']],
    ['release', ['release', 'support']],
    ['a mail for later', ['send', 'support', '--to', ADA, '--subject', 's', '--text', 't', '--send-at', '2h']],
  ])('%s is refused, and nothing is written', async (_name, args) => {
    const before = await stack.sending();
    const { exitCode, json } = await runMailroom(stack, [...args, '--json'], { environment: HOUR_AHEAD });
    expect([exitCode, json()]).toEqual([
      3,
      [{ error: expect.objectContaining({ code: 'CLOCK_OFF', cure: expect.stringContaining('NTP') }) }],
    ]);
    expect(json()[0]?.error).toMatchObject({ message: "the clock of this machine is 60 minutes ahead of AWS's" });
    expect(await stack.sending()).toEqual(before);
  });

  it('what only reads goes on', async () => {
    expect((await runMailroom(stack, ['mailboxes'], { environment: HOUR_AHEAD })).exitCode).toBe(0);
  });
});

describe('refuseSkewedClock', () => {
  it.each([16_000, -16_000])('refuses %i ms', (clockSkewMs) => {
    expect(() => refuseSkewedClock({ clockSkewMs })).toThrow(/16 seconds (ahead of|behind) AWS's/);
  });

  it.each([0, 14_000, -14_000, undefined])('lets %s go', (clockSkewMs) => {
    expect(() => refuseSkewedClock({ clockSkewMs })).not.toThrow();
  });
});

describe("the doctor's check", () => {
  const silent = { kind: 'unreachable', code: 'ECONNREFUSED' } as const;

  it('says that nobody told the time', () => {
    const { finding } = checkClock({ clockSkewMs: undefined }, silent);
    expect(finding).toEqual({ result: 'skipped', what: 'because neither AWS nor the OAuth server told the time' });
  });

  it('compares with the one that told it', () => {
    expect(checkClock({ clockSkewMs: 900 }, silent).finding).toEqual({ result: 'ok', what: 'agrees with AWS' });
  });
});
