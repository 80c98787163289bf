// A share of the cases, each a test: several stacks side by side, because most of the time one waits for a server that is silent.
import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { startGmailWorld } from '../servers/mail-world.ts';
import { allCases, nameOf } from './cases.ts';
import { verdictOf } from './verdict.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

export function runShard(index: number, of: number): void {
  describe(`faults, share ${index + 1} of ${of}`, () => {
    let world: FaultWorld;

    beforeAll(async () => {
      world = await startFaultWorld(startGmailWorld);
    });

    afterAll(async () => {
      const { google } = world.stack;
      await world.stop();
      expect(google.problems).toEqual([]);
      expect(google.account(SUPPORT.address).counters.smtpConnectionsAtMost).toBeLessThanOrEqual(3);
    });

    const cases = allCases().filter((_case, position) => position % of === index);
    it.each(cases.map((one) => [nameOf(one), one] as const))('%s', async (_name, one) => {
      const end = await world.run(one);
      const verdict = verdictOf(one, end);
      appendFileSync(inject('results'), `${JSON.stringify({ ...one, verdict })}\n`);
      expect(verdict, JSON.stringify(end)).not.toBe('wrong');
    });
  });
}
