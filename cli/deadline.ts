// The end of a piece of work at the terminal: its time, or Ctrl-C.
import type { Deadline } from '../lib/core/time.ts';

export function deadlineIn(milliseconds: number, interrupted: AbortSignal): Deadline {
  const end = performance.now() + milliseconds;
  return {
    remainingMs: () => (interrupted.aborted ? 0 : Math.max(0, end - performance.now())),
    signal: AbortSignal.any([AbortSignal.timeout(milliseconds), interrupted]),
  };
}
