// A schedule of EventBridge Scheduler: invokes its target at a rate, or when told to run now.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
import type { InvokeResult } from './lambda-environment.ts';
import type { LambdaFunction } from './lambda-function.ts';

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export class Schedule {
  readonly #target: LambdaFunction;
  readonly #input: string;
  readonly #rateMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param expression `rate(…)`, the one form that is known here */
  constructor(target: LambdaFunction, expression: string, input: string) {
    this.#target = target;
    this.#input = input;
    this.#rateMs = parseRate(expression);
  }

  get target(): LambdaFunction {
    return this.#target;
  }

  start(): void {
    // What a run ends in is its own log's to tell: schedules are asynchronous.
    this.#timer = setInterval(() => void this.run(), this.#rateMs);
  }

  run(): Promise<InvokeResult> {
    return this.#target.invoke(this.#input);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function parseRate(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  if (count === undefined || unitMs === undefined) {
    throw new Error(`the local AWS knows schedules of the form rate(5 minutes), not ${expression}`);
  }
  return Number(count) * unitMs;
}
