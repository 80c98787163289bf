// Anything thrown, as the person or the script at the terminal needs it: a code, what happened, what to do.
import * as v from 'valibot';
import { dispositionOf, MailError } from '../lib/core/errors.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { Problem } from './problem.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly cure: string;
  readonly exitCode: ExitCode;
  readonly idempotencyKey?: string | undefined;
}

/** Of what has begun, so that to run it again would be another. */
export interface Repetition {
  readonly idempotencyKey: string;
  readonly cure: string;
}

export function describeFailure(error: unknown, repetition?: Repetition): Failure {
  const failure = describe(error);
  if (repetition === undefined) return failure;
  const { idempotencyKey, cure } = repetition;
  // The same request would be refused again.
  if (error instanceof MailError && dispositionOf(error.code) === 'refuse') return { ...failure, idempotencyKey };
  // Alone "run it again" would be wrong: it makes another key.
  const cures = failure.code === 'INTERRUPTED' ? [cure] : [failure.cure, cure];
  return { ...failure, cure: cures.join('; '), idempotencyKey };
}

function describe(error: unknown): Failure {
  if (error instanceof MailError) {
    const { code, message } = error;
    return { code, message, cure: `docs/troubleshooting.md has ${code}`, exitCode: EXIT.failed };
  }
  const problem = error instanceof Problem ? error : (problemOfAws(error) ?? fault(error));
  const { code, message, cure, exitCode } = problem;
  return { code, message, cure, exitCode };
}

/** By its name and place only: its text may quote what it was given. */
function fault(error: unknown): Problem {
  const { name, stack = '' } = error instanceof Error ? error : { name: typeof error };
  const places = stack.split('\n').filter((line) => line.startsWith('    at '));
  return new Problem('UNEXPECTED_FAULT', [`an unexpected fault (${name})`, ...places].join('\n'), 'please report it');
}

const AwsErrorSchema = v.object({
  name: v.string(),
  message: v.string(),
  code: v.optional(v.string()),
  $metadata: v.optional(v.object({ httpStatusCode: v.optional(v.number()) })),
});

/** How the SDK says that nobody answered: Node's codes of a socket, and its own names. */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|TimeoutError|UnknownEndpoint)$/;

/** Of the SDK of AWS; undefined for what is none of its errors, which is a fault of Mailroom. */
export function problemOfAws(error: unknown): Problem | undefined {
  const parsed = v.safeParse(AwsErrorSchema, error);
  if (!parsed.success) return undefined;
  const { name, message, code = '', $metadata } = parsed.output;
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return new Problem('AWS_CREDENTIALS_MISSING', 'no AWS credentials were found', CURE_CREDENTIALS, { cause: error });
  }
  if (message === 'Region is missing') {
    return new Problem('AWS_REGION_MISSING', 'no AWS region is set', 'give --region, or set AWS_REGION', {
      cause: error,
    });
  }
  if (message.startsWith('Region not accepted')) {
    const cure = 'give --region, or set AWS_REGION, such as eu-west-1';
    return new Problem('USAGE', 'the AWS region that is set is none', cure, { cause: error });
  }
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation/.test(name)) {
    return new Problem('AWS_DENIED', message, CURE_DENIED, { cause: error });
  }
  if (/ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature/.test(name)) {
    return new Problem('AWS_CREDENTIALS_MISSING', `AWS does not accept the credentials (${name})`, CURE_CREDENTIALS, {
      cause: error,
    });
  }
  if (UNREACHABLE.test(code) || UNREACHABLE.test(name)) {
    return new Problem('AWS_UNREACHABLE', `AWS could not be reached (${code || name})`, CURE_UNREACHABLE, {
      cause: error,
    });
  }
  if ($metadata?.httpStatusCode === undefined) return undefined;
  return new Problem('AWS_FAILED', `AWS answered with ${name}: ${message}`, 'try again; if it stays, report it', {
    cause: error,
  });
}

const CURE_CREDENTIALS = 'log in (aws sso login), or give --profile; every AWS SDK finds them the same way';
const CURE_DENIED =
  'attach the policy that the stack names in its output OperatePolicyArn to your role, or use grantOperate in your app';
const CURE_UNREACHABLE = 'look at your connection, at --region, and at AWS_ENDPOINT_URL variables if you set any';
