// Which mails were put on the replies queue already: a poll that reads them again drops them here.
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { parse } from '../core/parse.ts';
import type { RoutedReplies } from '../core/reading-ports.ts';
import type { Clock } from '../core/time.ts';

const RoutedSchema = v.object({
  routing: v.optional(v.picklist(['copying', 'done', 'unrelated', 'under-its-own']), 'done'),
});

const KEPT_SECONDS = 30 * 86_400;

export function createRoutedReplies(db: DynamoDBDocumentClient, table: string, now: Clock): RoutedReplies {
  return {
    async find(id) {
      const get = new GetCommand({ TableName: table, Key: { key: id }, ConsistentRead: true });
      const { Item } = await db.send(get);
      return Item && parse(RoutedSchema, Item, 'RECORD_MALFORMED', 'item of the Routed table').routing;
    },

    async put(id, routing) {
      const expiresAt = Math.ceil(now() / 1_000) + KEPT_SECONDS;
      const Item = { key: id, routedAt: now(), expiresAt, routing };
      await db.send(new PutCommand({ TableName: table, Item }));
    },
  };
}
