// The cases of test/faults that concern the server, on Postfix: there a mail that was taken is taken, whoever has gone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCases, nameOf } from '../faults/cases.ts';
import { printResults, type Result, verdictOf } from '../faults/verdict.ts';
import { type FaultWorld, startFaultWorld } from '../faults/world.ts';
import { whyNot } from './debian-servers.ts';
import { startDebianWorld } from './mail-world.ts';

/** The copy in Sent comes at once here, and what is invoked and what is queued say the same to the server. */
const CASES = allCases().filter(({ way, token, copy }) => way === 'invoked' && token === 'fresh' && copy === 'at once');

const reason = whyNot();

describe.skipIf(reason !== undefined)(`faults on Postfix${reason === undefined ? '' : `: skipped: ${reason}`}`, () => {
  const results: Result[] = [];
  const start = performance.now();
  let world: FaultWorld;

  beforeAll(async () => {
    world = await startFaultWorld(startDebianWorld);
  });

  afterAll(async () => {
    await world?.stop();
    printResults(results, CASES.length, performance.now() - start);
  });

  it.each(CASES.map((one) => [nameOf(one), one] as const))('%s', async (_name, one) => {
    const end = await world.run(one);
    const verdict = verdictOf(one, end);
    results.push({ ...one, verdict });
    expect(verdict, JSON.stringify(end)).not.toBe('wrong');
  });
});
