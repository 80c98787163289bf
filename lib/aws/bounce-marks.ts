// What a bounce says of a recipient, on the item of the message that it was sent.
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { BounceMarks } from '../core/reading-ports.ts';
import { applies } from './conditions.ts';

/** A message has at most 100 recipients; whoever bounces more often says nothing new. */
const MAX_BOUNCES = 200;

export function createBounceMarks(db: DynamoDBDocumentClient, table: string): BounceMarks {
  return {
    async mark(key, replyId, bounced) {
      // Where the condition fails it was marked before, or the message is gone.
      await applies(
        db,
        new UpdateCommand({
          TableName: table,
          Key: { key },
          UpdateExpression: 'SET bounces = list_append(if_not_exists(bounces, :none), :bounced) ADD bouncedBy :ids',
          ConditionExpression:
            'attribute_exists(messageId) AND (attribute_not_exists(bouncedBy) OR (NOT contains(bouncedBy, :id) AND size(bounces) < :most))',
          ExpressionAttributeValues: {
            ':none': [],
            ':bounced': bounced,
            ':ids': new Set([replyId]),
            ':id': replyId,
            ':most': MAX_BOUNCES,
          },
        }),
      );
    },
  };
}
