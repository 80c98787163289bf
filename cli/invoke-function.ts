// Invokes a function of the stack and hands back what it answered.
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { isErrorCode, MailError } from '../lib/core/errors.ts';
import { Problem } from './problem.ts';

const FailureSchema = v.object({ errorType: v.optional(v.string(), ''), errorMessage: v.optional(v.string(), '') });

/** @throws MailError with the code that the function reported; Problem FUNCTION_FAILED where it crashed */
export async function invokeFunction(lambda: LambdaClient, FunctionName: string, event: object): Promise<unknown> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  const answer: unknown = JSON.parse(Payload?.transformToString() ?? 'null');
  if (FunctionError === undefined) return answer;
  const { errorType, errorMessage } = v.parse(FailureSchema, answer);
  if (isErrorCode(errorType)) throw new MailError(errorType, errorMessage);
  throw new Problem('FUNCTION_FAILED', `${FunctionName} failed: ${errorType}`, 'its log group says why');
}
