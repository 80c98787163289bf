// What the `ID#grant` items say of a mailbox's grant, without a secret.
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import type { MailboxId } from '../core/mailbox.ts';
import { parse } from '../core/parse.ts';
import type { GrantHealth } from '../core/refresh-ports.ts';
import { toEpochMs } from '../core/time.ts';

const EpochMsSchema = v.pipe(v.number(), v.transform(toEpochMs));
const GrantHealthSchema = v.object({
  tokenVersion: v.optional(v.string()),
  tokenExpiresAt: v.optional(EpochMsSchema),
  refreshedAt: v.optional(EpochMsSchema),
  refreshingUntil: v.optional(EpochMsSchema),
  failure: v.optional(v.string()),
});

export async function readHealth(db: DynamoDBDocumentClient, table: string, mailbox: MailboxId): Promise<GrantHealth> {
  const get = new GetCommand({ TableName: table, Key: { key: `${mailbox}#grant` }, ConsistentRead: true });
  const { Item } = await db.send(get);
  return parse(GrantHealthSchema, Item ?? {}, 'RECORD_MALFORMED', `grant of mailbox ${mailbox}`);
}
