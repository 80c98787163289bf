// Which mails were put on the replies queue already: a poll that reads them again drops them here.
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { RoutedReplies } from '../core/reading-ports.ts';
import type { Clock } from '../core/time.ts';

const KEPT_SECONDS = 30 * 86_400;

export function createRoutedReplies(db: DynamoDBDocumentClient, table: string, now: Clock): RoutedReplies {
  return {
    async has(id) {
      const get = new GetCommand({ TableName: table, Key: { key: id }, ConsistentRead: true });
      return (await db.send(get)).Item !== undefined;
    },

    async add(id) {
      const expiresAt = Math.ceil(now() / 1_000) + KEPT_SECONDS;
      await db.send(new PutCommand({ TableName: table, Item: { key: id, routedAt: now(), expiresAt } }));
    },
  };
}
