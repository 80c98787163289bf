// Ends the functions' processes if this one is killed: stopped as they are between invocations, they would never notice.
import { spawn } from 'node:child_process';

export interface Reaper {
  watch(pid: number): void;
  stop(): void;
}

/** Its input closes when this process ends, however it ends. */
const SCRIPT = 'while read -r pid; do pids="$pids $pid"; done; [ -n "$pids" ] && kill -9 $pids 2>/dev/null';

export function startReaper(): Reaper {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.unref();
  return {
    watch: (pid) => shell.stdin.write(`${pid}\n`),
    // Killed, not closed: by now the process ids may be somebody else's.
    stop: () => shell.kill('SIGKILL'),
  };
}
