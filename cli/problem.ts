// Every way in which the command line itself refuses or fails. What Mailroom refuses keeps its own code (lib/core/errors.ts).
import { EXIT, type ExitCode } from './exit-code.ts';

const EXITS = {
  USAGE: EXIT.usage,
  NOT_CONFIRMED: EXIT.failed,
  STACK_NOT_FOUND: EXIT.unavailable,
  STACK_AMBIGUOUS: EXIT.unavailable,
  STACK_OUTDATED: EXIT.unavailable,
  LOCAL_NOT_RUNNING: EXIT.unavailable,
  AWS_CREDENTIALS_MISSING: EXIT.unavailable,
  AWS_REGION_MISSING: EXIT.unavailable,
  AWS_DENIED: EXIT.unavailable,
  AWS_UNREACHABLE: EXIT.unavailable,
  AWS_FAILED: EXIT.unavailable,
  CLOCK_OFF: EXIT.unavailable,
  FUNCTION_FAILED: EXIT.failed,
  CLIENT_MISSING: EXIT.usage,
  CLIENT_MALFORMED: EXIT.usage,
  CONSENT_DENIED: EXIT.failed,
  CONSENT_INCOMPLETE: EXIT.failed,
  CONSENT_EXPIRED: EXIT.failed,
  CONSENT_UNANSWERED: EXIT.failed,
  ADDRESS_MISMATCH: EXIT.failed,
  ADDRESS_TAKEN: EXIT.failed,
  INTERRUPTED: EXIT.interrupted,
  UNEXPECTED_FAULT: EXIT.failed,
} as const satisfies Record<string, ExitCode>;

export type ProblemCode = keyof typeof EXITS;

export const PROBLEM_EXITS: Readonly<Record<string, ExitCode>> = EXITS;

/** `message` says what happened, `cure` what to do. Neither holds a secret or the body of a mail. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly cure: string;

  constructor(code: ProblemCode, message: string, cure: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = code;
    this.code = code;
    this.cure = cure;
  }

  get exitCode(): ExitCode {
    return EXITS[this.code];
  }
}
