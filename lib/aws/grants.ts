// What refresh-tokens keeps: the grants it reads, the access tokens it writes, and how each grant fares.
import { setTimeout } from 'node:timers/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { MailError } from '../core/errors.ts';
import type { MailboxId } from '../core/mailbox.ts';
import type { Grants } from '../core/refresh-ports.ts';
import { type AccessToken, formatAccessToken, formatGrant, type Grant, parseGrant } from '../core/token.ts';
import { applies } from './conditions.ts';
import { readHealth } from './grant-health.ts';
import { endLease, extendLease, type GrantLeaseOptions, takeLease } from './grant-lease.ts';
import { putSecret, readSecret, writeSecret } from './secrets.ts';

export interface GrantStoreOptions extends GrantLeaseOptions {
  readonly secrets: SecretsManagerClient;
  /** Before `/ID`, as in `STACK/grants`. */
  readonly grantsPrefix: string;
  readonly accessTokensPrefix: string;
}

export function createGrants(options: GrantStoreOptions): Grants {
  const { secrets, grantsPrefix } = options;
  return {
    health: (mailbox) => readHealth(options.db, options.table, mailbox),
    begin: (mailbox) => takeLease(options, mailbox),
    extend: (lease) => extendLease(options, lease),
    async read(mailbox) {
      const name = `${grantsPrefix}/${mailbox}`;
      return parseGrant((await readSecret(secrets, name)).text, name);
    },
    replace: (mailbox, grant) => replaceGrant(options, mailbox, grant),
    writeToken: (mailbox, token) => writeToken(options, mailbox, token),
    async succeed(lease, facts) {
      const noFailure = { failure: undefined, failedAt: undefined, failingSince: undefined };
      await endLease(options, lease, { ...facts, ...noFailure, refreshedAt: options.now() });
    },
    async giveUp(lease) {
      await endLease(options, lease);
    },
    async fail(lease, failure, failingSince) {
      await endLease(options, lease, { failure, failingSince, failedAt: options.now() });
    },
    async noteAnnounced(mailbox, code) {
      const update = new UpdateCommand({
        TableName: options.table,
        Key: { key: `${mailbox}#grant` },
        UpdateExpression: 'SET announcedAt = :now, announcedCode = :code',
        // A mailbox that was disconnected meanwhile stays so.
        ConditionExpression: 'attribute_exists(#key)',
        ExpressionAttributeNames: { '#key': 'key' },
        ExpressionAttributeValues: { ':now': options.now(), ':code': code },
      });
      await applies(options.db, update);
    },
  };
}

/** Together with the last attempt within what GRANT_WRITES_MS leaves for it. */
const REPLACE_MS = 8_000;
const PAUSE_MS = 500;

/** The new refresh token is nowhere else, and Google may no longer take the one before: it is tried for longer than the rest. */
async function replaceGrant({ secrets, grantsPrefix, now }: GrantStoreOptions, mailbox: MailboxId, grant: Grant) {
  const end = now() + REPLACE_MS;
  for (;;) {
    try {
      return await writeSecret(secrets, `${grantsPrefix}/${mailbox}`, formatGrant(grant));
    } catch (error) {
      if (now() >= end) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}

/** What is missing here is no grant: nobody needs to mend anything, and the mail waits. */
async function writeToken(
  { secrets, accessTokensPrefix }: GrantStoreOptions,
  mailbox: MailboxId,
  token: Omit<AccessToken, 'version'>,
): Promise<string> {
  const name = `${accessTokensPrefix}/${mailbox}`;
  try {
    return await putSecret(secrets, name, formatAccessToken(token));
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    throw new MailError(
      'TOKEN_UNAVAILABLE',
      `mailbox ${mailbox}: its new access token could not be stored: secret ${name} is still being deleted: it is tried again by itself`,
      { details: { mailbox, secret: name }, cause: error },
    );
  }
}
