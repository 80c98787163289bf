// The bench's table, and what its figures are held against.
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { Measure } from './measure.ts';

const FILE = fileURLToPath(new URL('./bench.json', import.meta.url));

/** A ratio of times on a busy machine strays by a tenth; what doubles the work of a step strays by more. */
const TOLERANCE = 1.3;
const COMPARED: readonly Measure['unit'][] = ['round trips', '×'];

const FiguresSchema = v.object({
  roundTripMs: v.number(),
  machine: v.string(),
  figures: v.record(v.string(), v.object({ value: v.number(), unit: v.string(), limit: v.optional(v.number()) })),
});
type Figures = v.InferOutput<typeof FiguresSchema>;

export function formatTable(measures: readonly Measure[]): string {
  const rows = measures.map(({ name, value, unit, limit }) => [
    name,
    value.toFixed(2),
    unit,
    limit === undefined ? '' : `≤ ${limit.toFixed(2)}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function overLimit(measures: readonly Measure[]): string[] {
  return measures.flatMap(({ name, value, unit, limit }) =>
    limit !== undefined && value > limit ? [`${name}: ${value.toFixed(2)} ${unit}, at most ${limit.toFixed(2)}`] : [],
  );
}

/** Counts that grew, and ratios that grew by more than chance explains and are over their limit. */
export function regressions(measures: readonly Measure[], committed: Figures): string[] {
  return measures
    .filter(({ unit }) => COMPARED.includes(unit))
    .flatMap(({ name, value, unit, limit = Number.POSITIVE_INFINITY }) => {
      const before = committed.figures[name]?.value;
      if (before === undefined) return [`${name}: is not in bench.json: run npm run bench and commit it`];
      const most = unit === 'round trips' ? before : Math.max(before * TOLERANCE, Math.min(limit, before + 0.5));
      return value > most ? [`${name}: ${value.toFixed(2)} ${unit}, was ${before.toFixed(2)}`] : [];
    });
}

export async function committedFigures(): Promise<Figures> {
  return v.parse(FiguresSchema, JSON.parse(await readFile(FILE, 'utf8')));
}

export async function writeFigures(measures: readonly Measure[], roundTripMs: number): Promise<void> {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node.js ${process.version}`;
  const figures = Object.fromEntries(
    measures.map(({ name, value, unit, limit }) => [name, { value: round(value), unit, ...(limit && { limit }) }]),
  );
  await writeFile(FILE, `${JSON.stringify({ roundTripMs, machine, figures }, null, 2)}\n`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
