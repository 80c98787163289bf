// The Messages table as the poller uses it: which of our messages a Message-ID belongs to.
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { FindSent } from '../core/reading-ports.ts';
import { isMessageId } from '../core/thread.ts';
import { parseSentMessage } from './message-record.ts';

/** Finds the message that a reply names, by the index of Message-IDs. */
export function createFindSent(db: DynamoDBDocumentClient, table: string): FindSent {
  return async (messageId) => {
    // Strangers write it: DynamoDB refuses a key that is empty or long, and one mail must not end a poll.
    if (!isMessageId(messageId)) return undefined;
    const query = new QueryCommand({
      TableName: table,
      IndexName: 'byMessageId',
      KeyConditionExpression: 'messageId = :id',
      ExpressionAttributeValues: { ':id': messageId },
      Limit: 1,
    });
    const [item] = (await db.send(query)).Items ?? [];
    return item === undefined ? undefined : parseSentMessage(item);
  };
}
