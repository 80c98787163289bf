// Time as values: core code takes a Clock and a Deadline as arguments and never reads either from its surroundings.

declare const epochMs: unique symbol;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly [epochMs]: true };

export type Clock = () => EpochMs;

/** The moment by which an invocation must have ended its work; reaches every wait. */
export interface Deadline {
  /** Milliseconds left, never below 0. */
  remainingMs(): number;
  /** Aborts when the deadline passes. */
  readonly signal: AbortSignal;
}

export function toEpochMs(value: number): EpochMs {
  if (!Number.isSafeInteger(value)) throw new RangeError('a time must be whole milliseconds since 1970');
  return value as EpochMs;
}

export function after(time: EpochMs, milliseconds: number): EpochMs {
  return toEpochMs(time + Math.round(milliseconds));
}

/**
 * How long a message rests before its next attempt: 1, 2, 4 … minutes, at most an hour, spread by a quarter either way so
 * that messages which failed together do not return together.
 * @param attempt how often it was tried, from 1
 * @param random a number in [0, 1)
 */
export function backoffMs(attempt: number, random: number): number {
  const base = Math.min(60_000 * 2 ** Math.max(0, attempt - 1), 3_600_000);
  return Math.round(base * (0.75 + 0.5 * random));
}
