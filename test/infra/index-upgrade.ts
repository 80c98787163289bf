// What an update of CloudFormation can do to the indexes of a table: add one or remove one, and never change one in place.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';

const IndexSchema = v.looseObject({ IndexName: v.string(), KeySchema: v.unknown(), Projection: v.unknown() });
const TableSchema = v.looseObject({
  GlobalSecondaryIndexes: v.optional(v.array(IndexSchema), []),
  AttributeDefinitions: v.optional(v.array(v.object({ AttributeName: v.string(), AttributeType: v.string() })), []),
  TimeToLiveSpecification: v.optional(v.object({ AttributeName: v.string() })),
});
type Table = v.InferOutput<typeof TableSchema>;
type Index = v.InferOutput<typeof IndexSchema>;

/** @param id of the table; of what has no indexes nothing is said */
export function indexProblems(id: string, then: object, now: object): readonly string[] {
  const [before, after] = [v.parse(TableSchema, then), v.parse(TableSchema, now)];
  const [old, current] = [before.GlobalSecondaryIndexes, after.GlobalSecondaryIndexes];
  const changed = old.filter((index) => current.some((other) => isSame(index, other) && !isUnchanged(index, other)));
  const different = [...without(old, current), ...without(current, old)];
  return [
    ...changed.map(({ IndexName }) => `${id}: the index ${IndexName} is not as it was`),
    ...(different.length > 1 ? [`${id}: ${different.length} indexes come or go in one update`] : []),
    ...retyped(before, after).map((name) => `${id}: the attribute ${name} is of another type`),
    ...(expiryOf(before) === expiryOf(after) ? [] : [`${id}: items expire by another attribute`]),
  ];
}

function isSame(one: Index, other: Index): boolean {
  return one.IndexName === other.IndexName;
}

/** The order of what is projected says nothing. */
function isUnchanged(one: Index, other: Index): boolean {
  return isDeepStrictEqual(one.KeySchema, other.KeySchema) && isDeepStrictEqual(sorted(one), sorted(other));
}

function sorted({ Projection }: Index): object {
  const { NonKeyAttributes = [], ...projection } = Object(Projection);
  return { ...projection, NonKeyAttributes: [...NonKeyAttributes].sort() };
}

function without(some: readonly Index[], others: readonly Index[]): readonly Index[] {
  return some.filter((index) => !others.some((other) => isSame(index, other)));
}

function retyped(before: Table, after: Table): readonly string[] {
  const types = new Map(
    after.AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );
  return before.AttributeDefinitions.flatMap(({ AttributeName, AttributeType }) => {
    const now = types.get(AttributeName);
    return now === undefined || now === AttributeType ? [] : [AttributeName];
  });
}

function expiryOf({ TimeToLiveSpecification }: Table): string | undefined {
  return TimeToLiveSpecification?.AttributeName;
}
