// What the `ID#grant` items say of a mailbox's grant, without a secret.
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { type ErrorCode, isErrorCode } from '../core/errors.ts';
import type { GrantHealth } from '../core/grant-health.ts';
import type { MailboxId } from '../core/mailbox.ts';
import { parse } from '../core/parse.ts';
import { toEpochMs } from '../core/time.ts';

const EpochMsSchema = v.optional(v.pipe(v.number(), v.transform(toEpochMs)));
const GrantHealthSchema = v.object({
  grantedAt: EpochMsSchema,
  refreshTokenExpiresAt: EpochMsSchema,
  tokenVersion: v.optional(v.string()),
  tokenExpiresAt: EpochMsSchema,
  refreshedAt: EpochMsSchema,
  refreshingUntil: EpochMsSchema,
  // Of a newer version there may be codes that this one does not know.
  failure: v.optional(v.fallback(v.custom<ErrorCode>(isErrorCode), 'TOKEN_UNAVAILABLE')),
  failedAt: EpochMsSchema,
  failingSince: EpochMsSchema,
  announcedAt: EpochMsSchema,
  announcedCode: v.optional(v.string()),
  pace: EpochMsSchema,
});

export async function readHealth(db: DynamoDBDocumentClient, table: string, mailbox: MailboxId): Promise<GrantHealth> {
  const get = new GetCommand({ TableName: table, Key: { key: `${mailbox}#grant` }, ConsistentRead: true });
  const { Item } = await db.send(get);
  return parse(GrantHealthSchema, Item ?? {}, 'RECORD_MALFORMED', `grant of mailbox ${mailbox}`);
}
