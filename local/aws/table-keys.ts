// Keys that DynamoDB refuses and dynalite takes in a Query: whoever looks up what a stranger wrote must know of them.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
import * as v from 'valibot';

const MAX_KEY_BYTES = 2_048;

const QuerySchema = v.object({
  KeyConditionExpression: v.string(),
  ExpressionAttributeValues: v.optional(v.record(v.string(), v.looseObject({ S: v.optional(v.string()) })), {}),
});

/** @param body of a Query. @returns DynamoDB's words, where it would refuse the partition key */
export function keyRefusal(body: string): string | undefined {
  const query = v.safeParse(QuerySchema, JSON.parse(body));
  if (!query.success) return undefined;
  const { KeyConditionExpression: condition, ExpressionAttributeValues: values } = query.output;
  for (const [, name = ''] of condition.matchAll(/=\s*(:\w+)/g)) {
    const bytes = Buffer.byteLength(values[name]?.S ?? 'a number');
    if (bytes === 0) return 'The AttributeValue for a key attribute cannot contain an empty string value.';
    if (bytes > MAX_KEY_BYTES) return 'Size of hashkey has exceeded the maximum size limit of 2048 bytes';
  }
  return undefined;
}
