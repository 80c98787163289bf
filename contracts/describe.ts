// Gives a JSON Schema the comments of its source as descriptions.
import type { Docs } from './doc-comments.ts';
import type { Keywords } from './said.ts';
import { isObject } from './share.ts';

/** Fields of what is shared are described where it is defined. */
export function describe(schema: Keywords, docs: Docs): Keywords {
  const $defs = isObject(schema.$defs) ? { ...schema.$defs } : {};
  const described = within(schema, docs, $defs);
  return Object.keys($defs).length === 0 ? described : { ...described, $defs };
}

function within(schema: Keywords, docs: Docs, $defs: Record<string, unknown>): Keywords {
  const name = typeof schema.$ref === 'string' ? schema.$ref.replace('#/$defs/', '') : undefined;
  const target = name === undefined ? undefined : $defs[name];
  if (name !== undefined && isObject(target)) $defs[name] = within(target, docs, $defs);
  return {
    ...schema,
    // What has no type only narrows properties that stand elsewhere.
    ...(schema.type === 'object' &&
      isObject(schema.properties) && { properties: ofProperties(schema.properties, docs, $defs) }),
    ...(isObject(schema.items) && { items: within(schema.items, docs, $defs) }),
    ...ofOptions('oneOf', schema, docs, $defs),
    ...ofOptions('anyOf', schema, docs, $defs),
  };
}

function ofProperties(properties: Keywords, docs: Docs, $defs: Record<string, unknown>): Keywords {
  const described = Object.entries(properties).map(([name, property]) => {
    const field = docs.fields.get(name);
    return [name, isObject(property) && field ? withText(property, field, $defs) : property];
  });
  return Object.fromEntries(described);
}

function ofOptions(keyword: 'oneOf' | 'anyOf', schema: Keywords, docs: Docs, $defs: Record<string, unknown>): Keywords {
  const options: unknown = schema[keyword];
  if (!Array.isArray(options)) return {};
  const described = options.map((option: unknown, index) => {
    const own = docs.options[index];
    if (!isObject(option)) return option;
    return own === undefined ? within(option, docs, $defs) : withText(option, own, $defs);
  });
  return { [keyword]: described };
}

function withText(schema: Keywords, docs: Docs, $defs: Record<string, unknown>): Keywords {
  const { text } = docs;
  return { ...(text !== undefined && { description: text }), ...within(schema, docs, $defs) };
}
