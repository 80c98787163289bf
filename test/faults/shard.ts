// A share of the cases, each a test: several stacks side by side, because most of the time one waits for a server that is silent.
import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { allCases, type Case, nameOf } from './cases.ts';
import { type End, type FaultWorld, startFaultWorld } from './world.ts';

export type Verdict = 'once' | 'not sent, and said so' | 'twice, as documented' | 'wrong';

export function runShard(index: number, of: number): void {
  describe(`faults, share ${index + 1} of ${of}`, () => {
    let world: FaultWorld;

    beforeAll(async () => {
      world = await startFaultWorld();
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
      expect({ verdict, ...end }).not.toMatchObject({ verdict: 'wrong' });
    });
  });
}

/** Twice only where the server had taken the mail, and its copy came later than the last look for it. */
function verdictOf({ phase, copy }: Case, { state, settledBy, letters, mails }: End): Verdict {
  if (mails === 1 && state === 'sent') return 'once';
  if (mails === 0 && (state === 'failed' || (state === 'unknown' && letters === 1))) return 'not sent, and said so';
  const isDocumented = phase === 'after-dot' && copy !== 'at once' && settledBy === 'sent-again';
  return mails === 2 && isDocumented ? 'twice, as documented' : 'wrong';
}
