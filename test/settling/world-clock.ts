// One clock for the test, the local servers in it, and the functions in their own processes: time passes when it is told to.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface WorldClock {
  /** For the functions' processes. */
  readonly environment: Readonly<Record<string, string>>;
  /** While no function is at work: to one at work its time would be over. */
  advance(ms: number): void;
  stop(): void;
}

const SHIM = fileURLToPath(new URL('clock.cjs', import.meta.url));

export function startWorldClock(): WorldClock {
  const folder = mkdtempSync(join(tmpdir(), 'mailroom-clock-'));
  const file = join(folder, 'offset');
  let offset = 0;
  const write = (): void => writeFileSync(file, String(offset));
  write();
  const RealDate = globalThis.Date;
  process.env.MAILROOM_TEST_CLOCK = file;
  const require = createRequire(import.meta.url);
  // Loaded anew for each clock.
  delete require.cache[SHIM];
  require(SHIM);
  return {
    environment: { MAILROOM_TEST_CLOCK: file, NODE_OPTIONS: `--require=${SHIM}` },
    advance(ms) {
      offset += ms;
      write();
    },
    stop() {
      globalThis.Date = RealDate;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
