// The schemas of lib/core as JSON Schema: what goes in, before anything is transformed. @valibot/to-json-schema converts what
// it knows; here is what is ours: the checks by said.ts, a schema that is chosen by what was given, and error codes.
import { type ConversionConfig, type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { ERROR_CODES } from '../lib/core/errors.ts';
import { ErrorCodeSchema } from '../lib/core/outcome.ts';
import { type Keywords, SAID } from './said.ts';

export type Schema = v.GenericSchema<unknown, unknown>;

type Override<Name extends 'overrideSchema' | 'overrideAction'> = Parameters<NonNullable<ConversionConfig[Name]>>[0];

export interface Conversion {
  readonly schema: Keywords;
  /** What it refuses in lib/core and not in JSON Schema. */
  readonly unsaid: readonly string[];
}

/** @throws Error where lib/core has a check or a schema that nobody has put into words */
export function convert(schema: Schema): Conversion {
  const unsaid = new Set<string>();
  const config: ConversionConfig = {
    target: 'draft-2020-12',
    typeMode: 'input',
    overrideAction: (context) => sayAction(context, unsaid),
    overrideSchema: (context) => saySchema(context, (inner) => body(inner, config)),
  };
  return { schema: body(schema, config), unsaid: [...unsaid] };
}

/** Without `$schema` and definitions: it may stand anywhere in another schema. */
function body(schema: Schema, config: ConversionConfig): Keywords {
  const { $schema: _dialect, $defs: _chosenForNothing, ...converted } = toJsonSchema(schema, config);
  return { ...converted };
}

function sayAction({ valibotAction, jsonSchema }: Override<'overrideAction'>, unsaid: Set<string>): JsonSchema | null {
  const message = 'message' in valibotAction ? String(valibotAction.message) : '';
  const said = SAID[message];
  if (said === undefined && valibotAction.type === 'check') {
    throw new Error(`lib/core has the check "${message}", of which contracts/said.ts says nothing`);
  }
  if (said === undefined) return null;
  if (said.unsaid !== undefined) unsaid.add(said.unsaid);
  // What is no check has its own keywords already.
  return valibotAction.type === 'check' ? merge({ ...jsonSchema }, said.keywords ?? {}) : null;
}

function saySchema(
  { valibotSchema }: Override<'overrideSchema'>,
  inner: (schema: Schema) => Keywords,
): JsonSchema | null {
  if (valibotSchema === ErrorCodeSchema) return { type: 'string', enum: [...ERROR_CODES] };
  if (valibotSchema.type !== 'lazy' || !('getter' in valibotSchema)) return null;
  const { getter } = valibotSchema;
  if (typeof getter !== 'function') return null;
  const chosen = new Set<Schema>(['', {}, []].map((given) => getter(given)));
  const options = [...chosen].filter(({ type }) => type !== 'never').map(inner);
  const [only, ...others] = options;
  return only !== undefined && others.length === 0 ? only : { anyOf: options };
}

/** A keyword that is there already stays beside the other one. */
export function merge(schema: Keywords, keywords: Keywords): Keywords {
  const isTaken = Object.keys(keywords).some((keyword) => keyword in schema);
  if (!isTaken) return { ...schema, ...keywords };
  const others = Array.isArray(schema.allOf) ? schema.allOf : [];
  return { ...schema, allOf: [...others, keywords] };
}
