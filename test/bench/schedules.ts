// What the schedules do each minute or half hour, where there is little to do: for docs/costs.md.
import { MB, type Measure, median, times } from './measure.ts';
import { makeTokenStale } from './sends.ts';
import type { World } from './world.ts';

export async function measureSchedules(world: World, runs: number): Promise<Measure[]> {
  const release = await measureRuns(world, runs, 'ReleaseWaitingFunction');
  const refresh = await measureRuns(world, runs, 'RefreshTokensFunction', () => makeTokenStale(world));
  return [
    { name: 'release with nothing due', unit: 'ms', value: release.ms },
    { name: 'release with nothing due, CPU', unit: 'ms', value: release.cpuMs },
    { name: 'release with nothing due, peak memory', unit: 'MB', value: release.peakMb, limit: 256 },
    { name: 'refresh of one token', unit: 'ms', value: refresh.ms },
    { name: 'refresh of one token, CPU', unit: 'ms', value: refresh.cpuMs },
    { name: 'refresh of one token, peak memory', unit: 'MB', value: refresh.peakMb, limit: 256 },
  ];
}

/** Warm: a schedule's next run finds the process of the last. */
async function measureRuns(
  world: World,
  runs: number,
  functionOutput: string,
  before: () => Promise<void> = async () => undefined,
) {
  const runner = await world.start(functionOutput);
  await runner.invoke({});
  const warm = await times(runs, async () => {
    await before();
    return runner.invoke({});
  });
  await runner.stop();
  return {
    ms: median(warm.map(({ ms }) => ms)),
    cpuMs: median(warm.map(({ cpuMs }) => cpuMs)),
    peakMb: Math.max(...warm.map(({ peakBytes }) => peakBytes)) / MB,
  };
}
