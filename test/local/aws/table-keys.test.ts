// What the local AWS refuses before dynalite sees it.
import { expect, it } from 'vitest';
import { keyRefusal } from '../../../local/aws/table-keys.ts';

const query = (value: object, condition = 'messageId = :id') =>
  JSON.stringify({
    KeyConditionExpression: condition,
    ExpressionAttributeValues: { ':id': value, ':other': { S: '' } },
  });

it.each([
  ['an empty key', query({ S: '' }), 'empty string'],
  ['a key of more than 2,048 bytes', query({ S: 'ä'.repeat(1_025) }), '2048'],
])('refuses a Query by %s', (_name, body, said) => {
  expect(keyRefusal(body)).toContain(said);
});

it.each([
  ['a key of 2,048 bytes', query({ S: 'ä'.repeat(1_024) })],
  ['a number', query({ N: '1' })],
  ['no condition', '{}'],
])('lets a Query by %s through', (_name, body) => {
  expect(keyRefusal(body)).toBeUndefined();
});
