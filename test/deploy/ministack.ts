// MiniStack, an AWS emulator that others wrote (https://pypi.org/project/ministack/), in a process of its own.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

export interface MiniStack {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** What it and its functions wrote. */
  log(): string;
  stop(): Promise<void>;
}

/** The python of a virtual environment that has it; else the one on the PATH. */
const PYTHON = process.env.MINISTACK_PYTHON ?? 'python3';
const START_MS = 30_000;

/** Why it cannot run here; undefined where it can. */
export async function missing(): Promise<string | undefined> {
  try {
    await promisify(execFile)(PYTHON, ['-c', 'import ministack']);
    return undefined;
  } catch {
    return `${PYTHON} has no ministack: pip install ministack, or set MINISTACK_PYTHON to a python that has it`;
  }
}

/** @param environment what its functions get of their platform, such as NODE_EXTRA_CA_CERTS */
export async function startMiniStack(environment: Readonly<Record<string, string>> = {}): Promise<MiniStack> {
  const port = await freePort();
  const child = spawn(PYTHON, ['-m', 'ministack.app'], {
    env: {
      ...environment,
      // Its functions run by the `node` on the PATH, which must be this one.
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      LAMBDA_EXECUTOR: 'local',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      log += bytes;
    });
  }
  const endpoint = `http://127.0.0.1:${port}`;
  await untilReady(child, endpoint, () => log);
  return {
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    log: () => log,
    stop: () => stop(child),
  };
}

async function untilReady(child: ChildProcess, endpoint: string, log: () => string): Promise<void> {
  const end = performance.now() + START_MS;
  while (performance.now() < end && child.exitCode === null) {
    const answer = await fetch(`${endpoint}/_ministack/health`, { headers: { connection: 'close' } }).catch(
      () => undefined,
    );
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop(child);
  throw new Error(`MiniStack did not start:\n${log()}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await exited;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
