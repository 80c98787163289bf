// Runs the steps of the tour and tells each in a line: how long it took and what really happened.

import type { ReplyEvent } from '../lib/client/mailroom.ts';
import { awsEnvironment } from '../local/endpoints.ts';
import { type LocalMailroom, startLocalMailroom } from '../local/mailroom.ts';
import { createState, STEPS } from './steps.ts';

export interface TourOptions {
  /** The folder that `cdk synth` wrote. */
  readonly assembly: string;
  readonly say: (line: string) => void;
  /** For tests: awaited before each step. */
  readonly beforeStep?: (step: string, local: LocalMailroom) => Promise<void>;
}

/**
 * @returns the reply that the consumer received
 * @throws Error naming the step that failed and why; everything that was started is stopped first
 */
export async function runTour({ assembly, say, beforeStep }: TourOptions): Promise<ReplyEvent> {
  const started = performance.now();
  const local = await startLocalMailroom({ assembly });
  say(
    line(
      'start',
      started,
      `a Gmail and an AWS on 127.0.0.1, ${Object.keys(local.aws.resources).length} resources of the template`,
    ),
  );
  const restore = setEnvironment(awsEnvironment(local.aws));
  const state = createState(local);
  try {
    for (const { name, run } of STEPS) {
      await beforeStep?.(name, local);
      const begun = performance.now();
      say(line(name, begun, await named(name, run(state))));
    }
    if (state.reply === undefined) throw new Error('the tour ended without a reply');
    return state.reply;
  } finally {
    state.sqs.destroy();
    restore();
    await local.stop();
  }
}

async function named(step: string, work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${step}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function line(step: string, begun: number, what: string): string {
  return `${step.padEnd(8)} ${Math.round(performance.now() - begun)
    .toString()
    .padStart(6)} ms  ${what}`;
}

/** The client finds the local AWS as it finds the real one: by its environment. */
function setEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
