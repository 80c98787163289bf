// The messages that wait in a mailbox: how many they are, and those of them that only its hold keeps back.
import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { dispositionOf, ERROR_CODES } from '../core/errors.ts';
import type { MailboxId } from '../core/mailbox.ts';
import { parse } from '../core/parse.ts';
import type { EpochMs } from '../core/time.ts';
import { applies } from './conditions.ts';

export interface HeldMessagesOptions {
  readonly db: DynamoDBDocumentClient;
  readonly table: string;
}

/** @returns how many wait, are in work or are to be settled; of more than `most` as many as one page holds */
export async function countUnsettled(
  { db, table }: HeldMessagesOptions,
  mailbox: MailboxId,
  most: number,
): Promise<number> {
  const query = { ...byDue(table, mailbox), Select: 'COUNT' } as const;
  let count = 0;
  for await (const { Count = 0 } of paginateQuery({ client: db, pageSize: most + 1 }, query)) {
    count += Count;
    if (count > most) break;
  }
  return count;
}

const WaitingSchema = v.object({ key: v.string(), dueAt: v.number(), attempt: v.number() });
type Waiting = v.InferOutput<typeof WaitingSchema>;

/** Makes due at once what rests for its mailbox's sake, page by page; what servers deferred keeps its time. */
export async function* bringForward(
  options: HeldMessagesOptions,
  mailbox: MailboxId,
  now: EpochMs,
): AsyncGenerator<number> {
  const query = {
    ...byDue(options.table, mailbox, 'AND dueAt > :now'),
    FilterExpression: '#state = :waiting',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':mailbox': mailbox, ':now': now, ':waiting': 'waiting' },
  };
  for await (const { Items = [] } of paginateQuery({ client: options.db, pageSize: PAGE }, query)) {
    const moved = await Promise.all(
      Items.map((item) =>
        makeDue(options, parse(WaitingSchema, item, 'RECORD_MALFORMED', 'index of the Messages table'), now),
      ),
    );
    yield moved.filter(Boolean).length;
  }
}

/** Written side by side. */
const PAGE = 25;
const OF_THE_MAILBOX = ERROR_CODES.filter((code) => dispositionOf(code) === 'wait-for-mailbox');

/** Only where it still is as the index said, and rests because of its mailbox: what is claimed is in work, for no code. */
function makeDue({ db, table }: HeldMessagesOptions, { key, dueAt, attempt }: Waiting, now: EpochMs): Promise<boolean> {
  const codes = Object.fromEntries(OF_THE_MAILBOX.map((code, index) => [`:code${index}`, code]));
  const update = new UpdateCommand({
    TableName: table,
    Key: { key },
    UpdateExpression: 'SET dueAt = :now',
    ConditionExpression: `#state = :waiting AND dueAt = :was AND attempt = :attempt AND code IN (${Object.keys(codes).join(', ')})`,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':waiting': 'waiting', ':now': now, ':was': dueAt, ':attempt': attempt, ...codes },
  });
  return applies(db, update);
}

function byDue(table: string, mailbox: MailboxId, condition = '') {
  return {
    TableName: table,
    IndexName: 'byDue',
    KeyConditionExpression: `mailbox = :mailbox ${condition}`,
    ExpressionAttributeValues: { ':mailbox': mailbox },
  };
}
