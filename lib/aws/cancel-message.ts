// Calls a message off: in one conditional write, so that it is either cancelled or sent.
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { MessageKey } from '../core/message-key.ts';
import type { FinalOutcome } from '../core/outcome.ts';
import type { CancelResult, Messages } from '../core/sending-ports.ts';
import type { Clock } from '../core/time.ts';
import { applies } from './conditions.ts';
import { bodyOf, type MessageRecord, occupied, REMOVE_WHEN_SETTLED } from './message-record.ts';

export interface CancelOptions {
  readonly db: DynamoDBDocumentClient;
  readonly table: string;
  readonly now: Clock;
  readonly read: (key: MessageKey) => Promise<MessageRecord>;
}

export async function cancelMessage(options: CancelOptions, key: MessageKey): ReturnType<Messages['cancel']> {
  const record = await options.read(key);
  const isWaiting =
    record.state === 'waiting' || (record.state === 'claimed' && occupied(record, options.now()) === undefined);
  // One that is to be sent again may have been sent before: that it was called off in time nobody can say.
  if (!isWaiting || record.sentAgain > 0) return { result: resultOf(record, options.now()) };
  const outcome: FinalOutcome = { kind: 'cancelled', messageId: record.messageId };
  const update = new UpdateCommand({
    TableName: options.table,
    Key: { key },
    UpdateExpression: `SET #state = :cancelled, outcome = :outcome ${REMOVE_WHEN_SETTLED}`,
    ConditionExpression: '#state = :was AND attempt = :attempt',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':cancelled': 'cancelled',
      ':outcome': outcome,
      ':was': record.state,
      ':attempt': record.attempt,
    },
  });
  const body = bodyOf(record);
  if (await applies(options.db, update)) return { result: { kind: 'settled', outcome }, ...(body && { body }) };
  // Someone has taken it up meanwhile, or the answer to the write was lost.
  return { result: resultOf(await options.read(key), options.now()) };
}

function resultOf(record: MessageRecord, now: ReturnType<Clock>): CancelResult {
  return occupied(record, now) ?? { kind: 'busy', messageId: record.messageId, dueAt: now };
}
