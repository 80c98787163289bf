// A function and its execution environments: a warm one where there is one, another where all are busy. None lives for ever.
import { capture } from './capture.ts';
import {
  type EnvironmentLifetime,
  type FunctionDefinition,
  type InvokeResult,
  LambdaEnvironment,
} from './lambda-environment.ts';
import type { Reaper } from './reaper.ts';

/** More processes than this at once would only slow each other down on one machine. */
const MAX_ENVIRONMENTS = 10;

export const LIFETIME: EnvironmentLifetime = { invocations: 1_000, idleMs: 10 * 60_000 };

export class LambdaFunction {
  readonly definition: FunctionDefinition;
  readonly #lifetime: EnvironmentLifetime;
  readonly #reaper: Reaper;
  readonly #onLine: (line: string) => void;
  readonly #idle: LambdaEnvironment[] = [];
  readonly #all = new Set<LambdaEnvironment>();
  readonly #waiting: (() => void)[] = [];
  #starting = 0;
  #running = 0;

  constructor(
    definition: FunctionDefinition,
    lifetime: EnvironmentLifetime,
    reaper: Reaper,
    onLine: (line: string) => void,
  ) {
    this.definition = definition;
    this.#lifetime = lifetime;
    this.#reaper = reaper;
    this.#onLine = onLine;
  }

  get running(): number {
    return this.#running;
  }

  get processIds(): readonly number[] {
    return [...this.#all].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  async invoke(payload: string): Promise<InvokeResult> {
    this.#running += 1;
    const environment = await this.#acquire();
    try {
      const result = await environment.invoke(payload);
      capture('invocation', payload, '\n', result.payload);
      return result;
    } finally {
      await this.#release(environment);
      this.#running -= 1;
    }
  }

  /** Kills the processes that are at work, or all. */
  kill(): void {
    for (const environment of this.#all) environment.kill();
  }

  /** Ends the environments that are frozen: the next invocation is a cold one. */
  async recycle(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((environment) => this.#discard(environment)));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((environment) => environment.stop()));
    this.#all.clear();
    this.#idle.length = 0;
  }

  async #acquire(): Promise<LambdaEnvironment> {
    for (let warm = this.#idle.pop(); warm !== undefined; warm = this.#idle.pop()) {
      if (warm.isAlive && !warm.isOlderThan(this.#lifetime)) return warm;
      await this.#discard(warm);
    }
    if (this.#all.size + this.#starting < MAX_ENVIRONMENTS) return this.#start();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#acquire();
  }

  async #start(): Promise<LambdaEnvironment> {
    this.#starting += 1;
    try {
      const environment = await LambdaEnvironment.start(this.definition, this.#reaper, this.#onLine);
      this.#all.add(environment);
      return environment;
    } finally {
      this.#starting -= 1;
    }
  }

  async #release(environment: LambdaEnvironment): Promise<void> {
    if (environment.isAlive) this.#idle.push(environment);
    else await this.#discard(environment);
    this.#waiting.shift()?.();
  }

  async #discard(environment: LambdaEnvironment): Promise<void> {
    this.#all.delete(environment);
    await environment.stop();
  }
}
