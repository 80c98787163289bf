// The times of test/bench/bench.json that costs are reckoned with.
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** On a processor of its own. */
export interface Timing {
  readonly elapsedMs: number;
  readonly cpuMs: number;
}

const Bench = v.object({
  roundTripMs: v.number(),
  figures: v.record(v.string(), v.object({ value: v.number(), unit: v.string() })),
});
const { roundTripMs, figures } = v.parse(
  Bench,
  JSON.parse(readFileSync(new URL('../bench/bench.json', import.meta.url), 'utf8')),
);

export const TIMINGS = {
  send: { elapsedMs: ms('warm send, port 465, AWS and CPU included'), cpuMs: ms('warm send, CPU') },
  keptSend: { elapsedMs: ms('warm send, kept connection, AWS and CPU included'), cpuMs: ms('warm send, CPU') },
  coldSend: { elapsedMs: ms('cold send'), cpuMs: ms('cold send, CPU') },
  ten: { elapsedMs: ms('event of ten, AWS and CPU included'), cpuMs: ms('event of ten, CPU') },
  snippet: { elapsedMs: ms('warm send, the usual snippet'), cpuMs: ms('warm send, the usual snippet, CPU') },
  poll: { elapsedMs: ms('idle poll, AWS and CPU included'), cpuMs: ms('idle poll, CPU') },
  release: { elapsedMs: ms('release with nothing due'), cpuMs: ms('release with nothing due, CPU') },
  refresh: { elapsedMs: ms('refresh of one token'), cpuMs: ms('refresh of one token, CPU') },
} satisfies Record<string, Timing>;

export const KB_SENT_BY_A_POLL = figureOf('idle poll, bytes sent').value;

function ms(name: string): number {
  const { value, unit } = figureOf(name);
  return unit === 'RTT' ? value * roundTripMs : value;
}

function figureOf(name: string): { value: number; unit: string } {
  const figure = figures[name];
  if (figure === undefined) throw new Error(`bench.json has no figure "${name}"`);
  return figure;
}
