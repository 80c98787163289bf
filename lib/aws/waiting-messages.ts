// The Messages table as release-waiting uses it: what is due in a mailbox, and its way back to the outbox.
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, GetCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { MailError } from '../core/errors.ts';
import { type MailboxId, MailboxIdSchema } from '../core/mailbox.ts';
import { IdempotencyKeySchema } from '../core/message.ts';
import { MessageKeySchema, outboxDeduplicationId } from '../core/message-key.ts';
import type { FinalOutcome } from '../core/outcome.ts';
import { parse } from '../core/parse.ts';
import type { DueMessage, DueMessages, WaitingMessages } from '../core/sending-ports.ts';
import { after, type Clock, type EpochMs, toEpochMs } from '../core/time.ts';
import { applies } from './conditions.ts';
import { parseMessageRecord, REMOVE_WHEN_SETTLED } from './message-record.ts';

export interface WaitingMessagesOptions {
  readonly db: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly table: string;
  readonly outboxUrl: string;
  readonly releaseLeaseMs: number;
  readonly settleAfterMs: number;
  readonly now: Clock;
}

/** Of a mailbox in a run: more than it sends in a minute. */
const MOST_AT_ONCE = 200;

const DueRecordSchema = v.object({
  key: MessageKeySchema,
  mailbox: MailboxIdSchema,
  idempotencyKey: IdempotencyKeySchema,
  requestHash: v.string(),
  state: v.picklist(['waiting', 'claimed', 'transmitting', 'unknown']),
  attempt: v.number(),
  dueAt: v.pipe(v.number(), v.transform(toEpochMs)),
  notAfter: v.optional(v.pipe(v.number(), v.transform(toEpochMs))),
  sentAgain: v.optional(v.number(), 0),
});

export function createWaitingMessages(options: WaitingMessagesOptions): WaitingMessages {
  return {
    due: (mailbox, at) => listDue(options, mailbox, at),

    /** Table first: if the process dies before the queue has it, it is due again when the release lease ends. */
    async release(message) {
      const dueAt = after(options.now(), options.releaseLeaseMs);
      const isUncertain = message.state === 'unknown';
      const again = isUncertain ? ', sentAgain = if_not_exists(sentAgain, :none) + :one' : '';
      const expression = `SET #state = :waiting, released = :yes, dueAt = :dueAt${again} REMOVE leaseToken`;
      const applied = await writeIfUnchanged(options, message, expression, {
        ':waiting': 'waiting',
        ':yes': true,
        ':dueAt': dueAt,
        ...(isUncertain && { ':none': 0, ':one': 1 }),
      });
      if (applied) await putOnOutbox(options, message);
      return applied;
    },

    expire: (message) => expire(options, message),

    postpone: (message, dueAt) => writeIfUnchanged(options, message, 'SET dueAt = :dueAt', { ':dueAt': dueAt }),

    rest(message, dueAt, code) {
      // Without its lease a worker that was silent, and only slow, cannot begin to transmit.
      const expression = 'SET #state = :waiting, dueAt = :dueAt, code = :code REMOVE leaseToken, released';
      return writeIfUnchanged(options, message, expression, { ':waiting': 'waiting', ':dueAt': dueAt, ':code': code });
    },

    markUnknown(message) {
      const expression = 'SET #state = :unknown, unknownSince = :now, dueAt = :dueAt REMOVE leaseToken, released';
      const now = options.now();
      const dueAt = after(now, options.settleAfterMs);
      return writeIfUnchanged(options, message, expression, { ':unknown': 'unknown', ':now': now, ':dueAt': dueAt });
    },
  };
}

async function listDue({ db, table }: WaitingMessagesOptions, mailbox: MailboxId, at: EpochMs): Promise<DueMessages> {
  const query = {
    TableName: table,
    IndexName: 'byDue',
    KeyConditionExpression: 'mailbox = :mailbox AND dueAt <= :at',
    ExpressionAttributeValues: { ':mailbox': mailbox, ':at': at },
  };
  const messages: DueMessage[] = [];
  const malformed: MailError[] = [];
  for await (const { Items = [] } of paginateQuery({ client: db, pageSize: MOST_AT_ONCE }, query)) {
    for (const item of Items) {
      const message = readDue(item);
      if (message instanceof MailError) malformed.push(message);
      else messages.push(message);
    }
    if (messages.length >= MOST_AT_ONCE) break;
  }
  return { messages, malformed };
}

function readDue(item: Record<string, unknown>): DueMessage | MailError {
  try {
    return parse(DueRecordSchema, item, 'RECORD_MALFORMED', `message ${String(item.key)}`);
  } catch (error) {
    if (error instanceof MailError) return error;
    throw error;
  }
}

async function expire(
  options: WaitingMessagesOptions,
  message: DueMessage,
): Promise<{ isFirst: boolean; object?: string }> {
  const { Item } = await options.db.send(
    new GetCommand({ TableName: options.table, Key: { key: message.key }, ConsistentRead: true }),
  );
  if (Item === undefined) return { isFirst: false };
  const { messageId, notAfter, requestObject: object } = parseMessageRecord(Item);
  if (notAfter === undefined) return { isFirst: false };
  const outcome: FinalOutcome = { kind: 'expired', messageId, notAfter };
  const expression = `SET #state = :state, outcome = :outcome ${REMOVE_WHEN_SETTLED}`;
  const isFirst = await writeIfUnchanged(options, message, expression, { ':state': 'expired', ':outcome': outcome });
  return { isFirst, ...(object !== undefined && { object }) };
}

/** The index may lag: only what is still as it said is written. */
async function writeIfUnchanged(
  { db, table }: WaitingMessagesOptions,
  message: DueMessage,
  expression: string,
  values: Record<string, unknown>,
): Promise<boolean> {
  const update = new UpdateCommand({
    TableName: table,
    Key: { key: message.key },
    UpdateExpression: expression,
    ConditionExpression: '#state = :was AND dueAt = :wasDueAt AND attempt = :attempt',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ...values,
      ':was': message.state,
      ':wasDueAt': message.dueAt,
      ':attempt': message.attempt,
    },
  });
  return applies(db, update);
}

async function putOnOutbox({ sqs, outboxUrl }: WaitingMessagesOptions, message: DueMessage): Promise<void> {
  const { mailbox, idempotencyKey } = message;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: outboxUrl,
      MessageBody: JSON.stringify({ version: 1, mailbox, idempotencyKey, resume: true }),
      MessageGroupId: mailbox,
      MessageDeduplicationId: outboxDeduplicationId(message.key, message.requestHash, message.attempt),
    }),
  );
}
