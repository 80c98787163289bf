// How far each mailbox has been read: the `ID#reading` items, under a lease that fences off a slower poll.
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { parseCursor } from '../core/cursor.ts';
import { MailError } from '../core/errors.ts';
import type { Positions, ReadingState, ReadLease } from '../core/reading-ports.ts';
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
        ConditionExpression:
          '(attribute_not_exists(leaseUntil) OR leaseUntil < :now) AND (attribute_not_exists(holdUntil) OR holdUntil < :now)',
        ExpressionAttributeValues: { ':until': until, ':token': token, ':now': now() },
        ReturnValues: 'ALL_NEW',
      });
      try {
        const { Attributes } = await db.send(update);
        return { mailbox, token, positions: parsePositions(Attributes ?? {}) };
      } catch (error) {
        if (isConditionFailure(error)) return undefined;
        throw error;
      }
    },

    async release(lease, positions, hold) {
      const values = Object.fromEntries(
        Object.entries({ ...positions, holdUntil: hold?.until, holdCode: hold?.code }).filter(
          ([, value]) => value !== undefined,
        ),
      );
      const gone = ['leaseUntil', 'leaseToken', ...(hold === undefined ? ['holdUntil', 'holdCode'] : [])];
      await endLease(options, lease, values, gone);
    },
  };
}

/** @throws MailError RECORD_MALFORMED naming the attribute */
function parsePositions({ readTo, spam }: Record<string, unknown>): Positions {
  return {
    ...(readTo !== undefined && { readTo: parseCursor(readTo) }),
    ...(spam !== undefined && { spam: parseCursor(spam) }),
  };
}

async function endLease(
  { db, table }: ReadingStateOptions,
  lease: ReadLease,
  values: Readonly<Record<string, unknown>>,
  gone: readonly string[],
): Promise<void> {
  const names = Object.keys(values);
  const set = names.length === 0 ? '' : `SET ${names.map((name) => `${name} = :${name}`).join(', ')} `;
  const update = new UpdateCommand({
    TableName: table,
    Key: { key: `${lease.mailbox}#reading` },
    UpdateExpression: `${set}REMOVE ${gone.join(', ')}`,
    ConditionExpression: 'leaseToken = :token',
    ExpressionAttributeValues: {
      ...Object.fromEntries(names.map((name) => [`:${name}`, values[name]])),
      ':token': lease.token,
    },
  });
  if (await applies(db, update)) return;
  throw new MailError('LEASE_LOST', `mailbox ${lease.mailbox}: another poll has taken over`);
}
