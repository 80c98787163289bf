// The Messages table as those use it who learn what became of a message that may or may not have been sent: one that is
// `unknown`, and one that waits to be sent again.
import { type DynamoDBDocumentClient, GetCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { codeOf } from '../core/errors.ts';
import type { MailboxId } from '../core/mailbox.ts';
import { type MessageKey, MessageKeySchema } from '../core/message-key.ts';
import { parse } from '../core/parse.ts';
import type { UncertainMessage, UncertainMessages } from '../core/sending-ports.ts';
import { applies } from './conditions.ts';
import { parseMessageRecord, REMOVE_WHEN_SETTLED } from './message-record.ts';

export function createUncertainMessages(db: DynamoDBDocumentClient, table: string): UncertainMessages {
  return {
    async list(mailbox) {
      const keys = await listKeys(db, table, mailbox);
      const found = await Promise.all(keys.map((key) => find(db, table, key).catch(ignoreMalformed)));
      return found.filter((message) => message !== undefined);
    },

    find: (key) => find(db, table, key),

    settle({ key }, outcome) {
      const expression = `SET #state = :state, outcome = :outcome ${REMOVE_WHEN_SETTLED}`;
      return writeWhileUncertain(db, table, key, expression, { ':state': outcome.kind, ':outcome': outcome });
    },

    async giveUp({ key }) {
      await writeWhileUncertain(db, table, key, 'REMOVE dueAt', {});
    },
  };
}

const IS_UNCERTAIN = '#state = :unknown OR (#state = :waiting AND sentAgain > :none)';
const UNCERTAIN_VALUES = { ':unknown': 'unknown', ':waiting': 'waiting', ':none': 0 };

const KeySchema = v.object({
  key: MessageKeySchema,
});

/** By the index of what is not settled: uncertain messages are few, and what waits beside them is small there. */
async function listKeys(db: DynamoDBDocumentClient, table: string, mailbox: MailboxId): Promise<MessageKey[]> {
  const query = {
    TableName: table,
    IndexName: 'byDue',
    KeyConditionExpression: 'mailbox = :mailbox',
    FilterExpression: IS_UNCERTAIN,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':mailbox': mailbox, ...UNCERTAIN_VALUES },
  };
  const keys: MessageKey[] = [];
  for await (const { Items = [] } of paginateQuery({ client: db }, query)) {
    keys.push(...Items.map((item) => parse(KeySchema, item, 'RECORD_MALFORMED', 'index of the Messages table').key));
  }
  return keys;
}

/** Of a record that cannot be read release-waiting tells; it is not to end a poll. */
function ignoreMalformed(error: unknown): undefined {
  if (codeOf(error) !== 'RECORD_MALFORMED') throw error;
}

async function find(db: DynamoDBDocumentClient, table: string, key: MessageKey): Promise<UncertainMessage | undefined> {
  const { Item } = await db.send(new GetCommand({ TableName: table, Key: { key }, ConsistentRead: true }));
  if (Item === undefined) return undefined;
  const { state, messageId, date, sentAgain, requestObject } = parseMessageRecord(Item);
  if (state !== 'unknown' && !(state === 'waiting' && sentAgain > 0)) return undefined;
  return { key, messageId, date, sentAgain, ...(requestObject !== undefined && { object: requestObject }) };
}

function writeWhileUncertain(
  db: DynamoDBDocumentClient,
  table: string,
  key: MessageKey,
  UpdateExpression: string,
  values: Record<string, unknown>,
): Promise<boolean> {
  const update = new UpdateCommand({
    TableName: table,
    Key: { key },
    UpdateExpression,
    ConditionExpression: IS_UNCERTAIN,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ...values, ...UNCERTAIN_VALUES },
  });
  return applies(db, update);
}
