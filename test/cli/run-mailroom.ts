// Runs the real binary `mailroom` against a local stack, as an operator with the operator's rights would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { captureTerminal } from '../../local/aws/capture.ts';
import { awsEnvironment } from '../../local/endpoints.ts';
import type { LocalMailroom } from '../../local/mailroom.ts';

const BINARY = fileURLToPath(new URL('../../bin/mailroom.cjs', import.meta.url));

/** The environment of a machine whose clock goes an hour ahead. */
export const HOUR_AHEAD = { NODE_OPTIONS: `--import ${fileURLToPath(new URL('hour-ahead.ts', import.meta.url))}` };

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Each line of standard output, as JSON. */
  json(): readonly Record<string, unknown>[];
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves with the first match in what it has written or writes. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  interrupt(): void;
}

export interface RunOptions {
  /** What it reads from standard input; nothing by default. */
  readonly input?: string;
  /** In place of the operator's environment, or beside it. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** @param local undefined where `--local` is to find it */
export function startMailroom(
  local: LocalMailroom | undefined,
  args: readonly string[],
  options: RunOptions = {},
): Running {
  const operator = local === undefined ? {} : operatorEnvironment(local);
  const child = spawn(process.execPath, [BINARY, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...operator, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, which gets what a terminal sends for Ctrl-C.
    detached: true,
  });
  child.stdin.end(options.input ?? '');
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
      for (const listener of listeners) listener();
    });
  }
  return {
    ended: once(child, 'close').then(([exitCode]) => {
      captureTerminal(`${written.stdout}\n${written.stderr}`);
      return describeEnd(exitCode, written);
    }),
    interrupt: () => void process.kill(-(child.pid ?? 0), 'SIGINT'),
    waitFor: (pattern, timeoutMs = 30_000) =>
      new Promise((resolve, reject) => {
        const finish = (end: () => void): void => {
          clearTimeout(timer);
          listeners.delete(look);
          end();
        };
        const look = (): void => {
          const found = pattern.exec(written.stdout) ?? pattern.exec(written.stderr);
          if (found) finish(() => resolve(found));
        };
        const fail = (why: string): void =>
          finish(() => reject(new Error(`${why} for ${pattern}: ${written.stdout}\n${written.stderr}`)));
        const timer = setTimeout(() => fail(`waited ${timeoutMs} ms`), timeoutMs);
        child.once('close', () => fail('the command ended'));
        listeners.add(look);
        look();
      }),
  };
}

export function runMailroom(local: LocalMailroom, args: readonly string[], options?: RunOptions): Promise<Ended> {
  return startMailroom(local, args, options).ended;
}

function operatorEnvironment({ aws, google }: LocalMailroom): Record<string, string> {
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = aws.operator;
  const operator = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  return { ...awsEnvironment(aws), ...operator, NODE_EXTRA_CA_CERTS: google.endpoints.ca };
}

function describeEnd(exitCode: number | null, { stdout, stderr }: { stdout: string; stderr: string }): Ended {
  return {
    exitCode,
    stdout,
    stderr,
    json: () =>
      stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  };
}
