// Puts what occurs more than once into `$defs`, under a name.
import { isDeepStrictEqual } from 'node:util';
import type { Keywords } from './said.ts';

/** @param shared the larger before those that they hold */
export function share(schema: Keywords, shared: readonly (readonly [name: string, schema: Keywords])[]): Keywords {
  if (shared.length === 0) return schema;
  const inside = (node: unknown): unknown => (isObject(node) ? mapValues(node, refer) : node);
  const refer = (node: unknown): unknown => {
    const found = shared.find(([, candidate]) => isAlike(node, candidate));
    if (found === undefined) return Array.isArray(node) ? node.map(refer) : inside(node);
    const [name, candidate] = found;
    return { $ref: `#/$defs/${name}`, ...annotations(node, candidate) };
  };
  const $defs = Object.fromEntries(shared.map(([name, candidate]) => [name, inside(candidate)]));
  return { ...mapValues(schema, refer), $defs };
}

/** A default does not make it another schema. */
function isAlike(node: unknown, candidate: Keywords): boolean {
  if (!isObject(node)) return false;
  const { default: _default, ...rest } = node;
  return isDeepStrictEqual(rest, { ...candidate });
}

function annotations(node: unknown, candidate: Keywords): Keywords {
  return isObject(node) && 'default' in node && !('default' in candidate) ? { default: node.default } : {};
}

export function isObject(node: unknown): node is Keywords {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

function mapValues(node: Keywords, change: (value: unknown) => unknown): Keywords {
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, change(value)]));
}
