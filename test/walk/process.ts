// A command of the page, run as a newcomer's shell would, and watched for what it prints.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export type Environment = Readonly<Record<string, string | undefined>>;

export class Command {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #printed = '';
  #watchers: (() => void)[] = [];

  constructor(script: string, cwd: string, env: Environment) {
    // A group of its own, so that Ctrl-C reaches all that the script started.
    this.#child = spawn('bash', ['-ec', script], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.#printed += bytes;
        for (const look of this.#watchers) look();
      });
    }
    this.#ended = once(this.#child, 'close').then(([code]) => code);
  }

  get printed(): string {
    return this.#printed;
  }

  /** Resolves with what matched first. @throws Error with what was printed, when the command ends before or time is over */
  async until(pattern: RegExp, timeoutMs = 180_000): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = () => {
      const [found] = pattern.exec(this.#printed) ?? [];
      if (found !== undefined) resolve(found);
    };
    const fail = (why: string) => reject(new Error(`${why} before ${pattern}:\n${this.#printed.slice(-4_000)}`));
    const timer = setTimeout(() => fail(`${timeoutMs} ms passed`), timeoutMs);
    this.#watchers.push(look);
    void this.#ended.then(() => fail('it ended'));
    look();
    return promise.finally(() => clearTimeout(timer));
  }

  /** @throws Error with what was printed, unless it ends well */
  async done(): Promise<string> {
    const code = await this.#ended;
    if (code !== 0) throw new Error(`exit code ${code}:\n${this.#printed.slice(-4_000)}`);
    return this.#printed;
  }

  /** As Ctrl-C. */
  async interrupt(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGINT');
    await this.#ended;
  }
}
