// npm run bench: speed, memory and round trips in one run, held against their limits; writes bench.json.
// With --short, for CI: fewer runs, held against the committed bench.json instead. Figures in milliseconds and megabytes
// belong to a machine; counts and ratios do not, and only they are compared.
import { parseArgs } from 'node:util';
import { synthesise } from '../../local/synthesise.ts';
import { ASSEMBLY } from '../synthesise.ts';
import { measureBatches } from './batches.ts';
import { measureLargeReplies } from './large-replies.ts';
import { measureLargeSends } from './large-sends.ts';
import { measureLoads } from './loads.ts';
import { measureManyMailboxes } from './many-mailboxes.ts';
import type { Measure } from './measure.ts';
import { measurePolls } from './polls.ts';
import { committedFigures, formatTable, overLimit, regressions, writeFigures } from './report.ts';
import type { Rounds } from './rounds.ts';
import { measureSchedules } from './schedules.ts';
import { measureKeptConnection, measureSends } from './sends.ts';
import { startWorld } from './world.ts';

/** Between a Lambda and Gmail; large enough that a processor's milliseconds do not pass for round trips. */
const ROUND_TRIP_MS = 50;

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } });
await synthesise(ASSEMBLY);
const rounds = values.short ? await shortRounds() : { runs: 5, problems: overLimit };
const measures = await measureAll(rounds);
console.log(formatTable(measures));
const problems = rounds.problems(measures);
if (!values.short) await writeFigures(measures, ROUND_TRIP_MS);
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'bench: all figures hold' : `bench: ${problems.length} figures do not hold`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function shortRounds(): Promise<Rounds> {
  const committed = await committedFigures();
  return { runs: 3, problems: (measures) => regressions(measures, committed) };
}

async function measureAll(rounds: Rounds): Promise<Measure[]> {
  const world = await startWorld(ROUND_TRIP_MS);
  try {
    const refresh = await world.start('RefreshTokensFunction');
    await refresh.invoke({});
    await refresh.stop();
    return [
      ...(await measureLoads(world, rounds)),
      ...(await measureSends(world, rounds)),
      ...(await measureBatches(world, rounds)),
      ...(await measureKeptConnection(world)),
      ...(await measureSchedules(world, rounds.runs)),
      ...(await measurePolls(world, rounds)),
      ...(await measureLargeReplies(world, rounds)),
      ...(await measureLargeSends(world, rounds)),
      ...(await measureManyMailboxes(world)),
    ];
  } finally {
    await world.stop();
  }
}
