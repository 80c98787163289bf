// How far each mailbox has been read: the `ID#reading` items, under a lease that fences off a slower poll.
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { type EmailAddress, sameAddress } from '../core/address.ts';
import { parseCursor } from '../core/cursor.ts';
import { type ErrorCode, isErrorCode, MailError } from '../core/errors.ts';
import type { MailboxId } from '../core/mailbox.ts';
import { parse } from '../core/parse.ts';
import type { ReadingHold } from '../core/reading-hold.ts';
import type { Positions, ReadingState, ReadLease } from '../core/reading-ports.ts';
import { type Clock, type EpochMs, toEpochMs } from '../core/time.ts';
import { parseUidlCursor } from '../core/uidl-cursor.ts';
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
    async take({ id: mailbox, address }, until) {
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
        const stored = Attributes ?? {};
        const positions = isOfAnother(stored, address) ? {} : parsePositions(stored);
        return { kind: 'taken', lease: { mailbox, address, token, positions, failures: parseFailures(stored) } };
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        const hold = await readHold(db, table, mailbox);
        return hold !== undefined && hold.until >= now() ? { kind: 'held', hold } : { kind: 'busy' };
      }
    },

    async release(lease, { positions, isFailed, hold, lastRoutedAt }) {
      const failures = isFailed ? lease.failures + 1 : undefined;
      const held = { holdUntil: hold?.until, holdCode: hold?.code };
      const written = { ...lease.positions, ...positions, address: lease.address, failures, ...held, lastRoutedAt };
      const values = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
      const gone = ['readTo', 'spam', 'uidls', 'failures', 'holdUntil', 'holdCode'].filter((name) => !(name in values));
      await endLease(options, lease, values, ['leaseUntil', 'leaseToken', ...gone]);
    },
  };
}

/** UIDs of one account say nothing of another's mail, though their UIDVALIDITY may be the same. */
function isOfAnother(stored: Record<string, unknown>, address: EmailAddress): boolean {
  return typeof stored.address === 'string' && !sameAddress(stored.address, address);
}

/** How the reading of a mailbox fares. */
export interface Reading {
  /** When it was last read; undefined before the first poll. */
  readonly readAt?: EpochMs | undefined;
  /** Which folder; undefined by POP3, and before the first poll. */
  readonly folder?: string | undefined;
  /** When something of it was last put on the replies queue. */
  readonly lastRoutedAt?: EpochMs | undefined;
  readonly hold?: ReadingHold | undefined;
  /** How many polls have failed in a row. */
  readonly failures: number;
}

/** @throws MailError RECORD_MALFORMED naming the attribute */
export async function readReading(db: DynamoDBDocumentClient, table: string, mailbox: MailboxId): Promise<Reading> {
  const { Item = {} } = await db.send(
    new GetCommand({ TableName: table, Key: { key: `${mailbox}#reading` }, ConsistentRead: true }),
  );
  const { readTo, uidls } = parsePositions(Item);
  const hold = Item.holdUntil === undefined ? undefined : parseHold(Item);
  const { lastRoutedAt } = parse(LastRoutedSchema, Item, 'RECORD_MALFORMED', `${mailbox}#reading`);
  const readAt = readTo?.readAt ?? uidls?.readAt;
  return { readAt, folder: readTo?.folder, lastRoutedAt, hold, failures: parseFailures(Item) };
}

const LastRoutedSchema = v.object({ lastRoutedAt: v.optional(v.pipe(v.number(), v.transform(toEpochMs))) });

/** @throws MailError RECORD_MALFORMED naming the attribute */
function parsePositions({ readTo, spam, uidls }: Record<string, unknown>): Positions {
  return {
    ...(readTo !== undefined && { readTo: parseCursor(readTo) }),
    ...(spam !== undefined && { spam: parseCursor(spam) }),
    ...(uidls !== undefined && { uidls: parseUidlCursor(uidls) }),
  };
}

function parseFailures(item: Record<string, unknown>): number {
  const schema = v.object({ failures: v.optional(v.number(), 0) });
  return parse(schema, item, 'RECORD_MALFORMED', 'failures in the Mailboxes table').failures;
}

const HoldSchema = v.object({
  holdUntil: v.pipe(v.number(), v.transform(toEpochMs)),
  holdCode: v.custom<ErrorCode>(isErrorCode),
});

async function readHold(
  db: DynamoDBDocumentClient,
  table: string,
  mailbox: MailboxId,
): Promise<ReadingHold | undefined> {
  const get = new GetCommand({ TableName: table, Key: { key: `${mailbox}#reading` }, ConsistentRead: true });
  const { Item } = await db.send(get);
  return Item?.holdUntil === undefined ? undefined : parseHold(Item);
}

function parseHold(item: unknown): ReadingHold {
  const { holdUntil, holdCode } = parse(HoldSchema, item, 'RECORD_MALFORMED', 'hold in the Mailboxes table');
  return { until: holdUntil, code: holdCode };
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
