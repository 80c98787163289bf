// How long the command line waits for a server that is not AWS.
import type { Deadline } from '../lib/core/time.ts';

export function createDeadline(budgetMs: number): Deadline {
  const end = performance.now() + budgetMs;
  // Node does not keep a process alive for this timer.
  return { remainingMs: () => Math.max(0, end - performance.now()), signal: AbortSignal.timeout(budgetMs) };
}
