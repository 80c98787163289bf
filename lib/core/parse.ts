// The one way in which unknown data becomes typed: a valibot schema, and on a mismatch a MailError that names the field.
// Values never reach the error text: they may be addresses, bodies or secrets.
import * as v from 'valibot';
import { type ErrorCode, MailError } from './errors.ts';

type AnySchema = v.GenericSchema<unknown, unknown>;

/**
 * @param what what is being parsed, as the reader of the error knows it: "send request", "secret x/grants/support"
 * @throws MailError with `code`, whose `details.field` is the path of the first field that does not fit
 */
export function parse<S extends AnySchema>(schema: S, input: unknown, code: ErrorCode, what: string): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue) ?? '(whole)';
  throw new MailError(code, `${what}: ${field}: ${problemOf(issue)}`, { details: { field } });
}

/** As `parse`, from JSON text. */
export function parseJson<S extends AnySchema>(
  schema: S,
  text: string,
  code: ErrorCode,
  what: string,
): v.InferOutput<S> {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    // The SyntaxError quotes its input, so it is not kept as cause.
    throw new MailError(code, `${what}: is not valid JSON`, { details: { field: '(whole)' } });
  }
  return parse(schema, input, code, what);
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'validation') return issue.message;
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'is not a field that this version knows';
  const missing = issue.received === 'undefined';
  const isWritten = !issue.message.startsWith('Invalid ');
  if (isWritten) return issue.message;
  return missing ? `is missing, expected ${issue.expected}` : `expected ${issue.expected}`;
}
