// All that the Messages table knows of one message, for a person who asks.
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import type { MessageKey } from '../core/message-key.ts';
import { type FinalOutcome, parseFinalOutcome } from '../core/outcome.ts';
import { parse } from '../core/parse.ts';
import { type MessageRecord, parseMessageRecord } from './message-record.ts';

/** What was said of a recipient after the message was sent. */
const BounceSchema = v.object({
  recipient: v.string(),
  type: v.picklist(['hard', 'soft']),
  status: v.nullable(v.string()),
  at: v.number(),
});

const StorySchema = v.object({
  mailbox: v.string(),
  idempotencyKey: v.string(),
  recipients: v.array(v.string()),
  context: v.optional(v.string()),
  bounces: v.optional(v.array(BounceSchema), []),
});

export interface MessageStory extends v.InferOutput<typeof StorySchema>, Omit<MessageRecord, 'outcome'> {
  readonly outcome?: FinalOutcome;
}

/** Undefined where there is no such message. @throws MailError RECORD_MALFORMED naming the attribute */
export async function readStory(
  db: DynamoDBDocumentClient,
  table: string,
  key: MessageKey,
): Promise<MessageStory | undefined> {
  const { Item } = await db.send(new GetCommand({ TableName: table, Key: { key }, ConsistentRead: true }));
  return Item === undefined ? undefined : parseStory(Item);
}

/** @throws MailError RECORD_MALFORMED naming the attribute */
export function parseStory(item: unknown): MessageStory {
  const { outcome, ...record } = parseMessageRecord(item);
  const story = parse(StorySchema, item, 'RECORD_MALFORMED', 'item of the Messages table');
  return { ...record, ...story, ...(outcome !== undefined && { outcome: parseFinalOutcome(outcome) }) };
}
