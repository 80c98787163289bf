// What DynamoDB bills for a call, on demand: units of 1 KB written and of 4 KB read, of a table and of its indexes.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html and GSI.html
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;

export interface Index {
  readonly keys: readonly string[];
  readonly projected: readonly string[] | 'all';
}

/** @param before and after: the item, undefined where there is none */
export function writeUnits(before: Item | undefined, after: Item | undefined, indexes: readonly Index[]): number {
  const ofIndexes = indexes.map((index) => indexUnits(index, project(index, before), project(index, after)));
  return unitsOf(Math.max(sizeOf(before), sizeOf(after))) + ofIndexes.reduce((sum, units) => sum + units, 0);
}

/** Reads of this project are eventually consistent unless they say otherwise: half a unit. */
export function readUnits(items: readonly Item[], isConsistent: boolean): number {
  const bytes = items.reduce((sum, item) => sum + sizeOf(item), 0);
  return Math.max(1, Math.ceil(bytes / 4_096)) * (isConsistent ? 1 : 0.5);
}

function project({ keys, projected }: Index, item: Item | undefined): Item | undefined {
  if (item === undefined || keys.some((key) => item[key] === undefined)) return undefined;
  if (projected === 'all') return item;
  const names = ['key', ...keys, ...projected];
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}

/** An index is written only where what it holds has changed; under another key that is a delete and a put. */
function indexUnits({ keys }: Index, before: Item | undefined, after: Item | undefined): number {
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  if (was === is) return 0;
  const isMoved = keys.some((key) => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]));
  if (before !== undefined && after !== undefined && isMoved) return unitsOf(sizeOf(before)) + unitsOf(sizeOf(after));
  return unitsOf(Math.max(sizeOf(before), sizeOf(after)));
}

function unitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1_024));
}

function sizeOf(item: Item | undefined): number {
  return Object.entries(item ?? {}).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function valueSize({ S, N, M, L }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.replace(/[-.]/, '').length / 2) + 1;
  if (M !== undefined) return 3 + Object.keys(M).length + sizeOf(M);
  if (L !== undefined) return 3 + L.reduce((sum, value) => sum + 1 + valueSize(value), 0);
  return 1;
}
