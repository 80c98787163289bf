// How far each mailbox has been read: the `ID#reading` items, under a lease that fences off a slower poll.
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { parseCursor } from '../core/cursor.ts';
import { MailError } from '../core/errors.ts';
import type { ReadingState, ReadLease } from '../core/reading-ports.ts';
import type { Clock } from '../core/time.ts';
import { applies, isConditionFailure } from './conditions.ts';

export interface ReadingStateOptions {
  readonly db: DynamoDBDocumentClient;
  readonly table: string;
  readonly now: Clock;
  readonly createLeaseToken: () => string;
}

export function createReadingState(options: ReadingStateOptions): ReadingState {
  const { db, table, now, createLeaseToken } = options;
  return {
    async take(mailbox, until) {
      const token = createLeaseToken();
      const update = new UpdateCommand({
        TableName: table,
        Key: { key: `${mailbox}#reading` },
        UpdateExpression: 'SET leaseUntil = :until, leaseToken = :token',
        ConditionExpression: 'attribute_not_exists(leaseUntil) OR leaseUntil < :now',
        ExpressionAttributeValues: { ':until': until, ':token': token, ':now': now() },
        ReturnValues: 'ALL_NEW',
      });
      try {
        const { Attributes } = await db.send(update);
        const stored: unknown = Attributes?.readTo;
        return stored === undefined ? { mailbox, token } : { mailbox, token, cursor: parseCursor(stored) };
      } catch (error) {
        if (isConditionFailure(error)) return undefined;
        throw error;
      }
    },

    async release(lease, cursor) {
      const setCursor = cursor === undefined ? '' : 'SET readTo = :cursor ';
      const values = cursor === undefined ? {} : { ':cursor': cursor };
      await endLease(options, lease, `${setCursor}REMOVE leaseUntil, leaseToken`, values);
    },
  };
}

async function endLease(
  { db, table }: ReadingStateOptions,
  lease: ReadLease,
  expression: string,
  values: object,
): Promise<void> {
  const update = new UpdateCommand({
    TableName: table,
    Key: { key: `${lease.mailbox}#reading` },
    UpdateExpression: expression,
    ConditionExpression: 'leaseToken = :token',
    ExpressionAttributeValues: { ...values, ':token': lease.token },
  });
  if (await applies(db, update)) return;
  throw new MailError('LEASE_LOST', `mailbox ${lease.mailbox}: another poll has taken over`);
}
