// How far a message is, from its item in the Messages table.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { type ErrorCode, isErrorCode } from '../core/errors.ts';
import type { MailboxId } from '../core/mailbox.ts';
import { keyOf } from '../core/message-key.ts';
import { type FinalOutcome, MessageStateSchema, parseFinalOutcome } from '../core/outcome.ts';
import { parse } from '../core/parse.ts';

const StatusSchema = v.object({
  /** `waiting` until `dueAt`, `claimed` or `transmitting` while in work, then an end; `unknown` is settled by itself (docs/settling.md). */
  state: MessageStateSchema,
  messageId: v.string(),
  /** How often it was tried. */
  attempt: v.number(),
  /** Milliseconds since 1970. */
  dueAt: v.optional(v.number()),
  /** Why it waits. */
  code: v.optional(v.custom<ErrorCode>(isErrorCode)),
  /** What delivery status notifications said later, where they are proven; `at` in milliseconds since 1970. */
  bounces: v.optional(
    v.array(
      v.object({
        recipient: v.string(),
        type: v.picklist(['hard', 'soft']),
        status: v.nullable(v.string()),
        at: v.number(),
      }),
    ),
  ),
  outcome: v.optional(
    v.pipe(
      v.unknown(),
      v.transform((stored): FinalOutcome => parseFinalOutcome(stored)),
    ),
  ),
});

export type MessageStatus = v.InferOutput<typeof StatusSchema>;

export async function readStatus(
  client: DynamoDBClient,
  table: string,
  mailbox: MailboxId,
  idempotencyKey: string,
): Promise<MessageStatus | undefined> {
  const get = new GetCommand({ TableName: table, Key: { key: keyOf(mailbox, idempotencyKey) }, ConsistentRead: true });
  const { Item } = await DynamoDBDocumentClient.from(client).send(get);
  return Item === undefined ? undefined : parse(StatusSchema, Item, 'RECORD_MALFORMED', 'item of the Messages table');
}
