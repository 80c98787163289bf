// What the bench finds: figures with their names and, where there is one, the limit that they must keep.

export interface Measure {
  readonly name: string;
  readonly value: number;
  /** `round trips` are counted; `RTT` is time divided by the latency; `×` is a ratio within this run. */
  readonly unit: 'round trips' | 'RTT' | '×' | 'ms' | 'MB' | 'kB';
  readonly limit?: number;
}

export const MB = 1_000_000;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** What the machine does beside only adds to time, processor and memory: the least is nearest to what the code takes. */
export function least(values: readonly number[]): number {
  return Math.min(...values);
}

/**
 * Of the least of each, measured in turn (rounds.ts). Not the least of many ratios, where whatever disturbed the divisor
 * would make a ratio small; nor a ratio of medians, which a busy minute moves as a whole.
 */
export function ratio(values: readonly number[], divisors: readonly number[]): number {
  return least(values) / least(divisors);
}

/** One after the other: side by side they would share the processor. */
export async function times<T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index += 1) results.push(await run(index));
  return results;
}
