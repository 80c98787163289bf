// Where a JSON Schema takes less than the one before it did, or promises less: within a version neither may be. It knows the
// keywords that ours are made of, and stops at any other. A pattern, or a condition, that is not as it was counts as
// narrower: whether it is not, a person must say.
import { isDeepStrictEqual } from 'node:util';

type Schema = Readonly<Record<string, unknown>>;

/** `written` by callers, who may leave out what they could; `read` by consumers, who count on what they were given. */
export type Direction = 'written' | 'read';

export function narrowings(before: object, after: object, direction: Direction): readonly string[] {
  return new Comparison(before, after, direction).at('', { ...before }, { ...after });
}

const ANNOTATIONS = ['$schema', '$id', '$defs', '$ref', 'title', 'description', 'contentEncoding'];
const UPPER = ['maxLength', 'maxItems', 'maxProperties', 'maximum', 'exclusiveMaximum'];
const LOWER = ['minLength', 'minItems', 'minProperties', 'minimum', 'exclusiveMinimum'];
/** Compared as they are. */
const OPAQUE = ['pattern', 'not', 'if', 'then', 'allOf', 'default', 'const'];
const COMPARED = ['type', 'enum', 'properties', 'required', 'additionalProperties', 'propertyNames', 'items'];
const UNIONS = ['anyOf', 'oneOf'];
const KNOWN = new Set([...ANNOTATIONS, ...UPPER, ...LOWER, ...OPAQUE, ...COMPARED, ...UNIONS]);

class Comparison {
  readonly #definitions: { readonly before: Schema; readonly after: Schema };
  readonly #direction: Direction;

  constructor(before: object, after: object, direction: Direction) {
    this.#definitions = { before: inner(before, '$defs'), after: inner(after, '$defs') };
    this.#direction = direction;
  }

  at(path: string, given: Schema, now: Schema): readonly string[] {
    const before = resolve(given, this.#definitions.before);
    const after = resolve(now, this.#definitions.after);
    for (const keyword of [...Object.keys(before), ...Object.keys(after)]) {
      if (!KNOWN.has(keyword)) throw new Error(`${path}: the keyword ${keyword} is compared by nothing`);
    }
    return [
      ...this.#bounds(path, before, after),
      ...this.#values(path, before, after),
      ...this.#properties(path, before, after),
      ...this.#required(path, before, after),
      ...this.#insides(path, before, after),
      ...UNIONS.flatMap((union) => this.#union(path, union, before, after)),
    ];
  }

  #bounds(path: string, before: Schema, after: Schema): readonly string[] {
    const lowered = UPPER.filter((keyword) => numberOf(after, keyword, Infinity) < numberOf(before, keyword, Infinity));
    const raised = LOWER.filter(
      (keyword) => numberOf(after, keyword, -Infinity) > numberOf(before, keyword, -Infinity),
    );
    return [...lowered, ...raised].map((keyword) => `${path}: ${keyword} is narrower`);
  }

  #values(path: string, before: Schema, after: Schema): readonly string[] {
    const changed = OPAQUE.filter((keyword) => keyword in after && !isDeepStrictEqual(before[keyword], after[keyword]));
    const problems = changed.map((keyword) => `${path}: ${keyword} is not as it was`);
    const types = new Set(list(after.type));
    const lost =
      'type' in after &&
      !list(before.type).every((type) => types.has(type) || (type === 'integer' && types.has('number')));
    if (lost || ('type' in after && !('type' in before))) problems.push(`${path}: the type is not as it was`);
    if ('enum' in after) {
      const values = 'enum' in before ? list(before.enum) : list(before.const);
      const gone = values.filter((value) => !list(after.enum).includes(value));
      if (values.length === 0 || gone.length > 0)
        problems.push(`${path}: does not take ${gone.join(', ') || 'any value'} now`);
    }
    return problems;
  }

  #properties(path: string, before: Schema, after: Schema): readonly string[] {
    const now = inner(after, 'properties');
    return Object.entries(inner(before, 'properties')).flatMap(([name, property]) =>
      name in now
        ? this.at(`${path}/${name}`, asSchema(property), asSchema(now[name]))
        : [`${path}/${name}: is not there now`],
    );
  }

  #required(path: string, before: Schema, after: Schema): readonly string[] {
    const [then, now] = [list(before.required), list(after.required)];
    const added = now.filter((name) => !then.includes(name)).map((name) => `${path}/${name}: is required now`);
    if (this.#direction === 'written') return added;
    return [
      ...added,
      ...then.filter((name) => !now.includes(name)).map((name) => `${path}/${name}: may be missing now`),
    ];
  }

  #insides(path: string, before: Schema, after: Schema): readonly string[] {
    return ['items', 'propertyNames', 'additionalProperties'].flatMap((keyword) => {
      if (!(keyword in after) || before[keyword] === false) return [];
      if (after[keyword] === false || !(keyword in before)) return [`${path}: ${keyword} is narrower`];
      return this.at(`${path}/${keyword}`, asSchema(before[keyword]), asSchema(after[keyword]));
    });
  }

  /** Each option that there was has one that takes all of it. */
  #union(path: string, union: string, before: Schema, after: Schema): readonly string[] {
    if (!(union in after)) return [];
    const options = list(after[union]).map(asSchema);
    if (!(union in before)) return [`${path}: ${union} is new`];
    return list(before[union]).flatMap((option, index) => {
      const place = `${path}/${nameOf(asSchema(option)) ?? index}`;
      const alike = options.filter((candidate) => nameOf(candidate) === nameOf(asSchema(option)));
      const found = alike.map((candidate) => this.at(place, asSchema(option), candidate));
      const best = found.toSorted((one, other) => one.length - other.length)[0];
      return best ?? [`${place}: is not there now`];
    });
  }
}

/** Variants are told apart by their kind. */
function nameOf(option: Schema): unknown {
  return inner(inner(option, 'properties'), 'kind').const;
}

function resolve(schema: Schema, definitions: Schema): Schema {
  if (typeof schema.$ref !== 'string') return schema;
  const { $ref, ...beside } = schema;
  return { ...resolve(asSchema(definitions[$ref.replace('#/$defs/', '')]), definitions), ...beside };
}

function numberOf(schema: Schema, keyword: string, none: number): number {
  const value = schema[keyword];
  return typeof value === 'number' ? value : none;
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined ? [] : [value];
}

function inner(schema: object, name: string): Schema {
  return asSchema(Reflect.get(schema, name));
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
