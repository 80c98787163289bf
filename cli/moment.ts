// Times as people write and read them: `2h`, `30m`, `2026-12-24T09:00`; and how far away they are.
import { type EpochMs, toEpochMs } from '../lib/core/time.ts';
import { Problem } from './problem.ts';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SPAN = /^(\d{1,6})([smhd])$/;

/**
 * @param direction which way a span such as `2h` counts from now
 * @param option as the error names it
 * @throws Problem USAGE
 */
export function parseMoment(text: string, now: EpochMs, direction: 'ahead' | 'ago', option: string): EpochMs {
  const [, count = '', unit = ''] = SPAN.exec(text) ?? [];
  if (isUnit(unit)) {
    const span = Number(count) * UNITS[unit];
    return toEpochMs(direction === 'ahead' ? now + span : Math.max(0, now - span));
  }
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isSafeInteger(at) && at >= 0) return toEpochMs(at);
  const what = `${option}: ${JSON.stringify(text)} is no time`;
  throw new Problem('USAGE', what, 'give a span such as 30m, 2h or 7d, or a date such as 2026-12-24T09:00Z');
}

/** `2026-11-21 13:40 UTC (in 2 h)` */
export function formatMoment(at: number, now: EpochMs): string {
  const span = formatSpan(Math.abs(at - now));
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC (${at > now ? `in ${span}` : `${span} ago`})`;
}

/** In its largest unit: `40 s`, `5 min`, `3 h`, `12 days`. */
export function formatSpan(ms: number): string {
  if (ms < 90_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 90 * UNITS.m) return `${Math.round(ms / UNITS.m)} min`;
  if (ms < 2 * UNITS.d) return `${Math.round(ms / UNITS.h)} h`;
  return `${Math.floor(ms / UNITS.d)} days`;
}

function isUnit(unit: string): unit is keyof typeof UNITS {
  return Object.hasOwn(UNITS, unit);
}
