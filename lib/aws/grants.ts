// What refresh-tokens keeps: the grants it reads, the access tokens it writes, and how each grant fares.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { MailboxId } from '../core/mailbox.ts';
import type { GrantLease, Grants } from '../core/refresh-ports.ts';
import type { Clock } from '../core/time.ts';
import { formatAccessToken, formatGrant, parseGrant } from '../core/token.ts';
import { applies } from './conditions.ts';
import { readHealth } from './grant-health.ts';
import { putSecret, readSecret, writeSecret } from './secrets.ts';

export interface GrantsOptions {
  readonly secrets: SecretsManagerClient;
  readonly db: DynamoDBDocumentClient;
  readonly table: string;
  readonly grantsPrefix: string;
  readonly accessTokensPrefix: string;
  readonly now: Clock;
  readonly createLeaseToken: () => string;
}

export function createGrants(options: GrantsOptions): Grants {
  const { secrets, grantsPrefix, accessTokensPrefix } = options;
  return {
    health: (mailbox) => readHealth(options.db, options.table, mailbox),
    begin: (mailbox, until) => takeLease(options, mailbox, until),
    async read(mailbox) {
      const name = `${grantsPrefix}/${mailbox}`;
      return parseGrant((await readSecret(secrets, name)).text, name);
    },
    replace: (mailbox, grant) => writeSecret(secrets, `${grantsPrefix}/${mailbox}`, formatGrant(grant)),
    writeToken: (mailbox, token) => putSecret(secrets, `${accessTokensPrefix}/${mailbox}`, formatAccessToken(token)),
    succeed: (lease, version, expiresAt) =>
      endLease(
        options,
        lease,
        'SET tokenVersion = :version, tokenExpiresAt = :expires, refreshedAt = :now REMOVE failure, failingSince, ',
        {
          ':version': version,
          ':expires': expiresAt,
          ':now': options.now(),
        },
      ),
    giveUp: (lease) => endLease(options, lease, 'REMOVE ', {}),
    fail: (lease, code) =>
      endLease(
        options,
        lease,
        'SET failure = :code, failedAt = :now, failingSince = if_not_exists(failingSince, :now) REMOVE ',
        {
          ':code': code,
          ':now': options.now(),
        },
      ),
  };
}

async function takeLease(options: GrantsOptions, mailbox: MailboxId, until: number): Promise<GrantLease | undefined> {
  const token = options.createLeaseToken();
  const update = new UpdateCommand({
    TableName: options.table,
    Key: { key: `${mailbox}#grant` },
    UpdateExpression: 'SET refreshingUntil = :until, leaseToken = :token',
    ConditionExpression: 'attribute_not_exists(refreshingUntil) OR refreshingUntil < :now',
    ExpressionAttributeValues: { ':until': until, ':token': token, ':now': options.now() },
  });
  return (await applies(options.db, update)) ? { mailbox, token } : undefined;
}

/** A lease that another has taken over is not ours to end: what it writes is newer. */
async function endLease(
  options: GrantsOptions,
  lease: GrantLease,
  expression: string,
  values: Record<string, unknown>,
): Promise<void> {
  const update = new UpdateCommand({
    TableName: options.table,
    Key: { key: `${lease.mailbox}#grant` },
    UpdateExpression: `${expression}refreshingUntil, leaseToken`,
    ConditionExpression: 'leaseToken = :token',
    ExpressionAttributeValues: { ...values, ':token': lease.token },
  });
  await applies(options.db, update);
}
