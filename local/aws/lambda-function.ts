// A function and its execution environments: a warm one where there is one, another where all are busy.

import { type FunctionDefinition, type InvokeResult, LambdaEnvironment } from './lambda-environment.ts';
import type { Reaper } from './reaper.ts';

/** More processes than this at once would only slow each other down on one machine. */
const MAX_ENVIRONMENTS = 10;

export class LambdaFunction {
  readonly definition: FunctionDefinition;
  readonly #reaper: Reaper;
  readonly #onLine: (line: string) => void;
  readonly #idle: LambdaEnvironment[] = [];
  readonly #all = new Set<LambdaEnvironment>();
  readonly #waiting: (() => void)[] = [];
  #starting = 0;
  #running = 0;

  constructor(definition: FunctionDefinition, reaper: Reaper, onLine: (line: string) => void) {
    this.definition = definition;
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
      return await environment.invoke(payload);
    } finally {
      await this.#release(environment);
      this.#running -= 1;
    }
  }

  /** Kills the processes that are at work, or all. */
  kill(): void {
    for (const environment of this.#all) environment.kill();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((environment) => environment.stop()));
    this.#all.clear();
    this.#idle.length = 0;
  }

  async #acquire(): Promise<LambdaEnvironment> {
    for (let warm = this.#idle.pop(); warm !== undefined; warm = this.#idle.pop()) {
      if (warm.isAlive) return warm;
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
