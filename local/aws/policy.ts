// Identity policies as IAM evaluates them: nothing is allowed that no statement allows, and a Deny wins.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import * as v from 'valibot';

const ListSchema = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((given) => [given].flat()),
);

const StatementSchema = v.strictObject({
  Sid: v.optional(v.string()),
  Effect: v.picklist(['Allow', 'Deny']),
  Action: ListSchema,
  Resource: ListSchema,
  Condition: v.optional(v.record(v.string(), v.record(v.string(), ListSchema)), {}),
});
export type Statement = v.InferOutput<typeof StatementSchema>;

const DocumentSchema = v.object({ Statement: v.array(StatementSchema) });

/** @throws ValiError where a document uses what is not evaluated here: nothing is passed over */
export function parsePolicy(document: unknown): readonly Statement[] {
  return v.parse(DocumentSchema, document).Statement;
}

/** What a signed request asks to do. */
export interface ApiCall {
  readonly action: string;
  /** ARN. */
  readonly resource: string;
  /** Values of the condition keys that it carries. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

export function isAllowed(statements: readonly Statement[], call: ApiCall): boolean {
  const matching = statements.filter((statement) => applies(statement, call));
  return matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny');
}

function applies({ Action, Resource, Condition }: Statement, { action, resource, keys }: ApiCall): boolean {
  if (!Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()))) return false;
  if (!Resource.some((pattern) => matches(pattern, resource))) return false;
  return Object.entries(Condition).every(([operator, expected]) => holds(operator, expected, keys));
}

function holds(
  operator: string,
  expected: Readonly<Record<string, readonly string[]>>,
  keys: ApiCall['keys'],
): boolean {
  const compare = OPERATORS[operator];
  if (compare === undefined) throw new Error(`the local IAM evaluates no condition operator ${operator}`);
  return Object.entries(expected).every(([key, patterns]) => compare(keys[key] ?? [], patterns));
}

type Compare = (values: readonly string[], patterns: readonly string[]) => boolean;

const OPERATORS: Readonly<Record<string, Compare>> = {
  StringLike: (values, patterns) => values.some((value) => patterns.some((pattern) => matches(pattern, value))),
  StringEquals: (values, patterns) => values.some((value) => patterns.includes(value)),
  // True where the request carries no such key, as at AWS.
  'ForAllValues:StringLike': (values, patterns) =>
    values.every((value) => patterns.some((pattern) => matches(pattern, value))),
  'ForAllValues:StringEquals': (values, patterns) => values.every((value) => patterns.includes(value)),
};

/** `*` stands for any text and `?` for one character. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
