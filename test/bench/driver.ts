// A fresh process that runs a bundle as Lambda's runtime would: it loads it when the first event is there, so that the
// time of the first invocation is a cold one. Events come and measurements go over the channel to its parent.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface Handled {
  /** Of this invocation, the loading of the bundle included where it is the first. */
  readonly ms: number;
  readonly importMs: number;
  readonly cpuMs: number;
  /** The most memory that this process ever had, as Linux counts it. */
  readonly peakBytes: number;
  readonly answer?: unknown;
  readonly failure?: string;
}

/** In place of an event: only load the bundle. */
const LOAD = 'load';
const FUNCTION_TIMEOUT_MS = 60_000;
const [folder = ''] = process.argv.slice(2);
const loadModule = createRequire(import.meta.url);
let handler: ((event: unknown, context: object) => Promise<unknown>) | undefined;

process.on('message', async (event) => process.send?.(event === LOAD ? { importMs: load() } : await handle(event)));

/** @returns how long it took */
function load(): number {
  const start = performance.now();
  handler ??= loadModule(join(folder, 'index.js')).handler;
  return performance.now() - start;
}

async function handle(event: unknown): Promise<Handled> {
  const before = process.cpuUsage();
  const start = performance.now();
  const importMs = load();
  const result = await Promise.resolve(handler?.(event, context(start))).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ failure: String(error) }),
  );
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { ms, importMs, cpuMs: (user + system) / 1_000, peakBytes: peakMemory(), ...result };
}

/** Not getrusage: its figure begins with the size of the process that forked this one. */
function peakMemory(): number {
  const kiB = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kiB) * 1_024;
}

function context(start: number): object {
  return {
    functionName: 'bench',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench',
    memoryLimitInMB: '512',
    awsRequestId: '00000000-0000-0000-0000-000000000000',
    getRemainingTimeInMillis: () => Math.floor(FUNCTION_TIMEOUT_MS - (performance.now() - start)),
  };
}
