// Whether a process runs, as Linux says it; elsewhere nobody does.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Resolves when the process is stopped. */
export async function untilStopped(pid: number): Promise<void> {
  if (!existsSync('/proc/self/stat')) return setTimeout(100);
  while (stateOf(pid) !== 'T') await setTimeout(5);
}

/** The third field of /proc/PID/stat: T while the process is stopped. */
function stateOf(pid: number): string | undefined {
  return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
}
