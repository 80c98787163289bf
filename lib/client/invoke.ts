// A request on its way through an invocation of send-mail, and what comes back: an outcome, or a MailError.
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { isErrorCode, MailError } from '../core/errors.ts';
import { parseSendOutcome, type SendOutcome } from '../core/outcome.ts';

const FunctionFailureSchema = v.object({ errorType: v.string(), errorMessage: v.string() });

export async function invokeSend(
  idempotencyKey: string,
  json: string,
  lambda: LambdaClient,
  name: string,
): Promise<SendOutcome> {
  const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: name, Payload: json }));
  const answer = read(Payload?.transformToString());
  if (FunctionError === undefined) return parseSendOutcome(answer);
  throw failure(answer, idempotencyKey);
}

/** A MailError of the function arrives as its `errorType`; anything else leaves open how far the message came. */
function failure(answer: unknown, idempotencyKey: string): MailError {
  const known = v.safeParse(FunctionFailureSchema, answer);
  const details = { idempotencyKey };
  if (known.success && isErrorCode(known.output.errorType)) {
    return new MailError(known.output.errorType, known.output.errorMessage, { details });
  }
  return new MailError(
    'SEND_INTERRUPTED',
    'send-mail ended without an answer: call send again with the same idempotencyKey',
    { details },
  );
}

function read(payload: string | undefined): unknown {
  try {
    return JSON.parse(payload ?? '');
  } catch {
    return undefined;
  }
}
