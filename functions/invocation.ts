// What every function shares around its work: structured logs, a deadline, and a clock. Middy carries it, data never
// travels in its context. Events and results are never logged: they hold addresses and bodies.
import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { codeOf, MailError } from '../lib/core/errors.ts';
import { type Clock, type Deadline, toEpochMs } from '../lib/core/time.ts';

export const logger = new Logger({ serviceName: 'mailroom' });

export const now: Clock = () => toEpochMs(Date.now());
export const createUuid: () => string = randomUUID;

/**
 * Wraps an entry. A MailError leaves the function with its code as `errorType`; anything else is logged as a fault.
 * @param reserveMs what the deadline keeps back from Lambda's own, to write down how the work ended
 */
export function entry<Result>(work: (event: unknown, deadline: Deadline) => Promise<Result>, reserveMs: number) {
  return middy<unknown, Result, Error, Context>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger))
    .onError((request) => {
      logFailure(request.error);
      // The runtime logs and returns what is thrown, and a foreign error's text may quote what it was given.
      if (!(request.error instanceof MailError)) request.error = new UnexpectedFault();
    })
    .handler((event, context) => work(event, createDeadline(context.getRemainingTimeInMillis() - reserveMs)));
}

class UnexpectedFault extends Error {
  override readonly name = 'UnexpectedFault';

  constructor() {
    super('unexpected fault: the log of this request says where');
  }
}

function createDeadline(budgetMs: number): Deadline {
  const end = performance.now() + budgetMs;
  // Node does not keep a process alive for this timer, and Lambda freezes it with everything else.
  const signal = AbortSignal.timeout(Math.max(0, budgetMs));
  return { remainingMs: () => Math.max(0, end - performance.now()), signal };
}

/** By name and code only: the text of a foreign error may quote what it was given. */
export function logFailure(error: unknown, about: Record<string, string | number> = {}): void {
  if (error instanceof MailError) {
    logger.warn(error.message, { ...about, code: error.code, details: error.details });
    return;
  }
  const { name, stack = '' } = error instanceof Error ? error : { name: typeof error };
  logger.error('unexpected fault', {
    ...about,
    name,
    at: stack.split('\n').filter((line) => line.startsWith('    at ')),
  });
}

/** For a result that names why something was not done. */
export function reasonOf(error: unknown): { code: string; message: string } {
  const code = codeOf(error) ?? 'UNEXPECTED';
  return {
    code,
    message: error instanceof MailError ? error.message : 'unexpected fault, see the log of the function',
  };
}
