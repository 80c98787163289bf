// How long a mailbox is left alone that refused to be read: a login each minute would only prolong it.
import type { ErrorCode } from './errors.ts';
import { after, type EpochMs } from './time.ts';

export interface ReadingHold {
  readonly until: EpochMs;
  readonly code: ErrorCode;
}

const MINUTE_MS = 60_000;

/** Gmail counts bandwidth and logins over hours, connections as they are. */
const HOLDS: Partial<Record<ErrorCode, number>> = {
  CONNECTIONS_EXHAUSTED: 2 * MINUTE_MS,
  AUTHENTICATION_REFUSED: 5 * MINUTE_MS,
  READING_DISABLED: 5 * MINUTE_MS,
  // Its tokens are refused faster than they are made: each poll would try the refused one.
  TOKEN_UNAVAILABLE: 5 * MINUTE_MS,
  MAILBOX_THROTTLED: 15 * MINUTE_MS,
  BANDWIDTH_EXCEEDED: 60 * MINUTE_MS,
};

/**
 * Undefined for what the next poll may try again.
 * @param failures how many polls before this one have failed, in a row
 */
export function readingHoldFor(code: ErrorCode | undefined, failures: number, now: EpochMs): ReadingHold | undefined {
  const ms = code && HOLDS[code];
  if (code === undefined || ms === undefined) return undefined;
  // Of two tokens that died at once the next poll gets a third; and what kept one from being made may pass.
  if ((code === 'AUTHENTICATION_REFUSED' || code === 'TOKEN_UNAVAILABLE') && failures === 0) return undefined;
  return { code, until: after(now, ms) };
}
