// The comparison of two releases of a schema sees each way to break who relies on the older one, and lets additions pass.
import { describe, expect, it } from 'vitest';
import { type Direction, narrowings } from './narrowings.ts';

const BEFORE = {
  type: 'object',
  properties: {
    to: { $ref: '#/$defs/address' },
    kind: { type: 'string', enum: ['reply', 'bounce'] },
    count: { type: 'integer', minimum: 0, maximum: 9 },
    files: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } }, maxItems: 5 },
    text: { type: 'string', pattern: '^[^x]*$' },
    context: {},
    headers: { type: 'object', propertyNames: { maxLength: 76 }, additionalProperties: { type: 'string' } },
    ending: {
      oneOf: [
        { type: 'object', properties: { kind: { const: 'sent' }, at: { type: 'number' } }, required: ['kind', 'at'] },
        { type: 'object', properties: { kind: { const: 'failed' } }, required: ['kind'] },
      ],
    },
  },
  required: ['to'],
  $defs: { address: { anyOf: [{ type: 'string', maxLength: 254 }, { type: 'object' }] } },
};

type Change = (schema: typeof BEFORE & Record<string, never>) => void;

function changed(change: Change): object {
  const copy = JSON.parse(JSON.stringify(BEFORE));
  change(copy);
  return copy;
}

describe('the comparison of two releases of a schema', () => {
  it.each<[string, Change, string, Direction?]>([
    ['a property that is removed', (s) => Reflect.deleteProperty(s.properties, 'text'), '/text: is not there now'],
    [
      'a property of an item that is removed',
      (s) => Reflect.deleteProperty(s.properties.files.items.properties, 'name'),
      '/files/items/name: is not there now',
    ],
    ['a field that is required now', (s) => s.required.push('text'), '/text: is required now', 'written'],
    ['a new field that is required', (s) => s.required.push('tags'), '/tags: is required now', 'written'],
    ['a field that readers may miss now', (s) => s.required.pop(), '/to: may be missing now', 'read'],
    ['a kind that is gone', (s) => s.properties.kind.enum.pop(), '/kind: does not take bounce now'],
    [
      'an enum in place of any value',
      (s) => Object.assign(s.properties.context, { enum: [1] }),
      '/context: does not take any value now',
    ],
    ['another type', (s) => Object.assign(s.properties.text, { type: 'number' }), '/text: the type is not as it was'],
    [
      'a type where there was none',
      (s) => Object.assign(s.properties.context, { type: 'object' }),
      '/context: the type is not as it was',
    ],
    [
      'integer for number',
      (s) => Object.assign(s.properties.ending.oneOf[0]?.properties.at ?? {}, { type: 'integer' }),
      '/ending/sent/at: the type is not as it was',
    ],
    ['a lower limit', (s) => Object.assign(s.properties.files, { maxItems: 4 }), '/files: maxItems is narrower'],
    ['a new limit', (s) => Object.assign(s.properties.text, { minLength: 1 }), '/text: minLength is narrower'],
    ['a higher minimum', (s) => Object.assign(s.properties.count, { minimum: 1 }), '/count: minimum is narrower'],
    ['another pattern', (s) => Object.assign(s.properties.text, { pattern: '^a' }), '/text: pattern is not as it was'],
    [
      'an option of a union that is gone',
      (s) => s.$defs.address.anyOf.pop(),
      '/to/1: the type is not as it was',
      'written',
    ],
    [
      'an option of a union that is narrower',
      (s) => Object.assign(s.$defs.address.anyOf[0] ?? {}, { maxLength: 9 }),
      '/to/0: maxLength is narrower',
    ],
    ['a variant that is gone', (s) => s.properties.ending.oneOf.pop(), '/ending/failed: is not there now'],
    [
      'a variant that lost a field',
      (s) => Reflect.deleteProperty(s.properties.ending.oneOf[0]?.properties ?? {}, 'at'),
      '/ending/sent/at: is not there now',
    ],
    [
      'what is closed now',
      (s) => Object.assign(s, { additionalProperties: false }),
      ': additionalProperties is narrower',
    ],
    ['a condition that is new', (s) => Object.assign(s, { if: {} }), ': if is not as it was'],
    ['another default', (s) => Object.assign(s.properties.text, { default: 'x' }), '/text: default is not as it was'],
    [
      'shorter names of headers',
      (s) => Object.assign(s.properties.headers.propertyNames, { maxLength: 9 }),
      '/headers/propertyNames: maxLength is narrower',
    ],
  ])('sees %s', (_what, change, problem, direction = 'read') => {
    const found = narrowings(BEFORE, changed(change), direction);
    expect(found.join('\n')).toContain(problem);
  });

  it.each<[string, Change, Direction?]>([
    ['nothing', () => {}],
    ['a new field', (s) => Object.assign(s.properties, { tags: { type: 'array' } })],
    ['another kind', (s) => s.properties.kind.enum.push('auto-reply')],
    [
      'another variant',
      (s) =>
        s.properties.ending.oneOf.push({ type: 'object', properties: { kind: { const: 'held' } }, required: ['kind'] }),
    ],
    ['a higher limit', (s) => Object.assign(s.properties.files, { maxItems: 6 })],
    ['number for integer', (s) => Object.assign(s.properties.count, { type: 'number' })],
    ['a field that callers may leave out now', (s) => s.required.pop(), 'written'],
    ['other words', (s) => Object.assign(s, { description: 'x' })],
  ])('lets pass %s', (_what, change, direction = 'read') => {
    expect(narrowings(BEFORE, changed(change), direction)).toEqual([]);
  });

  it('stops at a keyword that it does not know', () => {
    expect(() =>
      narrowings(
        BEFORE,
        changed((s) => Object.assign(s, { uniqueItems: true })),
        'read',
      ),
    ).toThrow(/uniqueItems/);
  });
});
