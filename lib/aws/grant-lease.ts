// The sole right to work on a mailbox's grant, kept in its `ID#grant` item: refreshing, revoking, storing and removing take turns.
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { MailboxId } from '../core/mailbox.ts';
import { GRANT_LEASE_MS, type GrantLease } from '../core/refresh-ports.ts';
import { after, type Clock } from '../core/time.ts';
import { applies } from './conditions.ts';

export interface GrantLeaseOptions {
  readonly db: DynamoDBDocumentClient;
  /** The table Mailboxes. */
  readonly table: string;
  /** A lease is over when this says so: it must be right within seconds. */
  readonly now: Clock;
  readonly createLeaseToken: () => string;
}

/** Undefined while someone else has it. */
export async function takeLease(options: GrantLeaseOptions, mailbox: MailboxId): Promise<GrantLease | undefined> {
  const lease = { mailbox, token: options.createLeaseToken(), until: after(options.now(), GRANT_LEASE_MS) };
  const update = new UpdateCommand({
    TableName: options.table,
    Key: { key: `${mailbox}#grant` },
    UpdateExpression: 'SET refreshingUntil = :until, leaseToken = :token',
    ConditionExpression: 'attribute_not_exists(refreshingUntil) OR refreshingUntil < :now',
    ExpressionAttributeValues: { ':until': lease.until, ':token': lease.token, ':now': options.now() },
  });
  return (await applies(options.db, update)) ? lease : undefined;
}

/** Undefined where another has taken it over. */
export async function extendLease(options: GrantLeaseOptions, lease: GrantLease): Promise<GrantLease | undefined> {
  const extended = { ...lease, until: after(options.now(), GRANT_LEASE_MS) };
  const update = new UpdateCommand({
    TableName: options.table,
    Key: { key: `${lease.mailbox}#grant` },
    UpdateExpression: 'SET refreshingUntil = :until',
    ConditionExpression: 'leaseToken = :token',
    ExpressionAttributeValues: { ':until': extended.until, ':token': lease.token },
  });
  return (await applies(options.db, update)) ? extended : undefined;
}

/**
 * Ends a lease and writes what was learnt under it; an attribute that is undefined is removed.
 * A lease that another has taken over is not ours to end: what that one writes is newer.
 * @returns whether it was still ours
 */
export function endLease(
  options: GrantLeaseOptions,
  lease: GrantLease,
  attributes: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const unknown = Object.keys(attributes).filter((name) => attributes[name] === undefined);
  const set = known.map(([name]) => `${name} = :${name}`).join(', ');
  const update = new UpdateCommand({
    TableName: options.table,
    Key: { key: `${lease.mailbox}#grant` },
    UpdateExpression: `${set && `SET ${set} `}REMOVE ${[...unknown, 'refreshingUntil', 'leaseToken'].join(', ')}`,
    ConditionExpression: 'leaseToken = :lease',
    ExpressionAttributeValues: {
      ...Object.fromEntries(known.map(([name, value]) => [`:${name}`, value])),
      ':lease': lease.token,
    },
  });
  return applies(options.db, update);
}
