// Storing and removing a mailbox's grant, with the rights of an operator: for `mailroom connect` and `disconnect`.
// Both wait for a refresh that is under way, and keep others away meanwhile.
import { setTimeout } from 'node:timers/promises';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { MailError } from '../core/errors.ts';
import type { GrantHealth } from '../core/grant-health.ts';
import type { MailboxId } from '../core/mailbox.ts';
import type { GrantLease } from '../core/refresh-ports.ts';
import type { Deadline } from '../core/time.ts';
import { formatGrant, type Grant } from '../core/token.ts';
import { isConditionFailure } from './conditions.ts';
import { endLease, takeLease } from './grant-lease.ts';
import type { GrantStoreOptions } from './grants.ts';
import { deleteSecret, putSecret } from './secrets.ts';

export type { GrantStoreOptions } from './grants.ts';

const WATCH_MS = 100;

/** What is known of a grant is forgotten with it. The pace stays: it is that of the secret of its tokens. */
const FORGOTTEN = {
  tokenVersion: undefined,
  tokenExpiresAt: undefined,
  refreshedAt: undefined,
  failure: undefined,
  failedAt: undefined,
  failingSince: undefined,
  announcedAt: undefined,
  announcedCode: undefined,
} as const satisfies { [Name in keyof GrantHealth]?: undefined };

/**
 * Stores a new grant in place of whatever there was, and forgets what was known of the old one. The first token is made by
 * whoever asks for one: invoke RefreshTokens for the mailbox next, which also lets mail that is held go out.
 * @throws MailError DEADLINE_EXCEEDED where a refresh does not end in time; SECRET_MISSING where the old secret is still
 * being deleted
 */
export async function storeGrant(
  options: GrantStoreOptions,
  mailbox: MailboxId,
  grant: Grant,
  deadline: Deadline,
): Promise<void> {
  const { grantedAt = options.now(), refreshTokenExpiresAt } = grant;
  const text = formatGrant({ ...grant, grantedAt });
  await underLease(options, mailbox, deadline, async (lease) => {
    await putSecret(options.secrets, `${options.grantsPrefix}/${mailbox}`, text);
    return endLease(options, lease, { ...FORGOTTEN, grantedAt, refreshTokenExpiresAt });
  });
}

/**
 * Deletes the grant, the access token and what is known of them, at once and without recovery. What is not there is no
 * error. Remove the profile first: while there is one, somebody may ask for a token.
 * @throws MailError DEADLINE_EXCEEDED where a refresh does not end in time
 */
export async function removeGrant(options: GrantStoreOptions, mailbox: MailboxId, deadline: Deadline): Promise<void> {
  const { secrets, grantsPrefix, accessTokensPrefix } = options;
  await underLease(options, mailbox, deadline, async (lease) => {
    // First the grant: whoever takes the lease over can make no token any more.
    await deleteSecret(secrets, `${grantsPrefix}/${mailbox}`);
    await deleteSecret(secrets, `${accessTokensPrefix}/${mailbox}`);
    return removeItem(options, lease);
  });
}

/** @param work answers whether the lease was its own to the end; otherwise another may have undone it: once more */
async function underLease(
  options: GrantStoreOptions,
  mailbox: MailboxId,
  deadline: Deadline,
  work: (lease: GrantLease) => Promise<boolean>,
): Promise<void> {
  for (let isDone = false; !isDone; ) {
    const lease = await waitForLease(options, mailbox, deadline);
    try {
      isDone = await work(lease);
    } catch (error) {
      await endLease(options, lease);
      throw error;
    }
  }
}

async function waitForLease(options: GrantStoreOptions, mailbox: MailboxId, deadline: Deadline): Promise<GrantLease> {
  while (deadline.remainingMs() > 0) {
    const lease = await takeLease(options, mailbox);
    if (lease !== undefined) return lease;
    await setTimeout(WATCH_MS);
  }
  throw new MailError('DEADLINE_EXCEEDED', `mailbox ${mailbox}: its grant is being refreshed: try again in a minute`, {
    details: { mailbox },
  });
}

/** @returns whether the lease was still ours */
async function removeItem({ db, table }: GrantStoreOptions, { mailbox, token }: GrantLease): Promise<boolean> {
  const remove = new DeleteCommand({
    TableName: table,
    Key: { key: `${mailbox}#grant` },
    ConditionExpression: 'leaseToken = :token',
    ExpressionAttributeValues: { ':token': token },
  });
  try {
    await db.send(remove);
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
