// How long the command line waits for a person, or for a server that is not AWS.
import type { Deadline } from '../lib/core/time.ts';

/** @param interrupted ends it too, as Ctrl-C does */
export function createDeadline(budgetMs: number, interrupted?: AbortSignal): Deadline {
  const end = performance.now() + budgetMs;
  // Node does not keep a process alive for this timer.
  const timeout = AbortSignal.timeout(budgetMs);
  return {
    remainingMs: () => (interrupted?.aborted === true ? 0 : Math.max(0, end - performance.now())),
    signal: interrupted === undefined ? timeout : AbortSignal.any([timeout, interrupted]),
  };
}
