// How often a mailbox's access token may be written. Secrets Manager asks for no more than one version in ten minutes over
// time, and refuses to write where about a hundred were made within a day:
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
// A GCRA (ITU-T I.371): the one number that is kept says when all that was written is paid for. Pure.
import { after, type EpochMs, toEpochMs } from './time.ts';

/** What one write costs. A schedule writes each half hour, so what it takes is always paid for when it comes again. */
const INTERVAL_MS = 20 * 60_000;
/** So many follow each other at once. */
const BURST = 12;

/**
 * When a token may be written again because one was refused.
 * @param pace what is kept; undefined before the first write
 * @returns `now` where it may be at once
 */
export function nextWriteAt(pace: EpochMs | undefined, now: EpochMs): EpochMs {
  return toEpochMs(Math.max(now, paidAt(pace, now) - (BURST - 1) * INTERVAL_MS));
}

/** What is kept after a write, which counts whether it was allowed or had to be. */
export function afterWrite(pace: EpochMs | undefined, now: EpochMs): EpochMs {
  return after(paidAt(pace, now), INTERVAL_MS);
}

/** Never so far ahead that a clock which was wrong once keeps tokens from being written. */
function paidAt(pace: EpochMs | undefined, now: EpochMs): EpochMs {
  return toEpochMs(Math.min(Math.max(pace ?? now, now), now + (BURST + 1) * INTERVAL_MS));
}
