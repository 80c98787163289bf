// Which replies were handled, in a DynamoDB table of the consumer: one item a reply, each change one conditional write.
import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { parse } from '../core/parse.ts';
import type { HandledReplies } from './handle-replies.ts';

export interface HandledRepliesOptions {
  /** Its partition key is `key`, a string; its time to live attribute is `expiresAt`. */
  readonly table: string;
  /** How long a reply is known as handled. Default: 14 days. What is redriven from a dead-letter queue later is handled again. */
  readonly keptDays?: number;
  /**
   * How long a handler may take before another may take over from it, as from one that died. Default: 60 s. Give a little
   * more than the timeout of your function, and no more than the visibility timeout of the queue (90 s): a reply that is
   * delivered again while the lease lasts is put back, and five times is too often for the queue.
   */
  readonly leaseSeconds?: number;
  /** Milliseconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

const ItemSchema = v.variant('state', [
  v.object({ state: v.literal('begun'), holder: v.string(), leaseUntil: v.number() }),
  v.object({ state: v.literal('done') }),
]);

const DAY_SECONDS = 86_400;

/** Reads and writes items by `dynamodb:PutItem`, `GetItem` and `DeleteItem`. */
export function createHandledReplies(options: HandledRepliesOptions): HandledReplies {
  const { table: TableName, keptDays = 14, leaseSeconds = 60, now = Date.now } = options;
  const db = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  /** What this process has begun, by reply: only its holder may give it back. */
  const holders = new Map<string, string>();
  const expiresAt = (): number => Math.ceil(now() / 1_000) + keptDays * DAY_SECONDS;

  return {
    async begin(id) {
      const holder = randomUUID();
      const lease = {
        key: id,
        state: 'begun',
        holder,
        leaseUntil: now() + leaseSeconds * 1_000,
        expiresAt: expiresAt(),
      };
      const isTaken = await applies(() => db.send(takeLease(TableName, lease, now())));
      const state = isTaken ? 'new' : await stateOf(db, TableName, id, holder);
      if (state === 'new') holders.set(id, holder);
      return state;
    },

    // Whoever holds the lease by now: it was handled.
    async finish(id) {
      holders.delete(id);
      await db.send(new PutCommand({ TableName, Item: { key: id, state: 'done', expiresAt: expiresAt() } }));
    },

    async release(id) {
      const holder = holders.get(id);
      holders.delete(id);
      await applies(() => db.send(giveBack(TableName, id, holder ?? '')));
    },
  };
}

function takeLease(TableName: string, Item: Record<string, unknown>, now: number): PutCommand {
  return new PutCommand({
    TableName,
    Item,
    ConditionExpression: 'attribute_not_exists(#key) OR (#state = :begun AND leaseUntil <= :now)',
    ExpressionAttributeNames: { '#key': 'key', '#state': 'state' },
    ExpressionAttributeValues: { ':begun': 'begun', ':now': now },
  });
}

function giveBack(TableName: string, key: string, holder: string): DeleteCommand {
  return new DeleteCommand({
    TableName,
    Key: { key },
    ConditionExpression: 'holder = :holder',
    ExpressionAttributeValues: { ':holder': holder },
  });
}

async function stateOf(
  db: DynamoDBDocumentClient,
  TableName: string,
  key: string,
  holder: string,
): Promise<'new' | 'done' | 'busy'> {
  const { Item } = await db.send(new GetCommand({ TableName, Key: { key }, ConsistentRead: true }));
  // Given back in between: the next delivery takes it up.
  if (Item === undefined) return 'busy';
  const item = parse(ItemSchema, Item, 'RECORD_MALFORMED', 'item of the table of handled replies');
  if (item.state === 'done') return 'done';
  // The SDK repeats a write whose answer was lost: it is ours then, though its condition failed.
  return item.holder === holder ? 'new' : 'busy';
}

async function applies(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
