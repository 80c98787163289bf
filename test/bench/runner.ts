// Runs a bundle in a fresh process (driver.ts), one event after the other.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Handled } from './driver.ts';

const DRIVER = fileURLToPath(new URL('./driver.ts', import.meta.url));

/** What V8 chooses by itself where a machine has the 512 MB of the functions: half of it. */
const HEAP_LIMIT = '--max-old-space-size=256';

export interface Bundle {
  /** Holds index.js. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export class Runner {
  readonly #process: ChildProcess;
  readonly #ended: Promise<never>;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.#ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the process of the bundle ended with ${code}`);
    });
    // Heard by whoever waits for an answer; a process that is stopped has nobody waiting.
    this.#ended.catch(() => undefined);
  }

  /** Resolves when the process is up, before it has loaded the bundle. */
  static async start({ folder, environment }: Bundle): Promise<Runner> {
    const child = fork(DRIVER, [folder], {
      env: { PATH: '/usr/bin:/bin', ...environment },
      execArgv: ['--disable-warning=ExperimentalWarning', HEAP_LIMIT],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(child, 'spawn');
    return new Runner(child);
  }

  /** @throws Error when the handler does */
  async invoke(event: object): Promise<Handled> {
    const handled = await this.#ask<Handled>(event);
    if (handled.failure !== undefined) throw new Error(handled.failure);
    return handled;
  }

  /** Only loads the bundle. @returns how long it took, in milliseconds */
  async load(): Promise<number> {
    return (await this.#ask<{ importMs: number }>('load')).importMs;
  }

  async #ask<Answer>(question: object | 'load'): Promise<Answer> {
    const answer = once(this.#process, 'message');
    this.#process.send(question);
    const [received]: Answer[] = await Promise.race([answer, this.#ended]);
    if (received === undefined) throw new Error('the process of the bundle gave no answer');
    return received;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}
