// Invoked every 30 minutes for all mailboxes, and by senders and pollers for one whose token is missing, old or refused.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { CLIENT_OPTIONS, createDatabase } from '../../lib/aws/clients.ts';
import { createGrants } from '../../lib/aws/grants.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import type { Deadline } from '../../lib/core/time.ts';
import { createTokenEndpoint } from '../../lib/google/token-endpoint.ts';
import { eachMailbox, type MailboxFailure } from '../each-mailbox.ts';
import { parseEnvironment, RefreshTokensEnvironment } from '../env.ts';
import { createUuid, entry, logger, now } from '../invocation.ts';
import { type RefreshResult, refreshTokens } from './refresh-tokens.ts';

const RequestSchema = v.object({ mailbox: MailboxIdSchema, refused: v.optional(v.string()) });

/** A schedule of 30 minutes and a token of 60: one with less than 45 left would not see the next run but one. */
const SCHEDULED_MINIMUM_MS = 45 * 60_000;
/** For who needs it now. */
const INVOKED_MINIMUM_MS = 5 * 60_000;
const SIDE_BY_SIDE = 20;

const environment = parseEnvironment(RefreshTokensEnvironment);
const db = createDatabase();
const registry = createRegistry(db, environment.MAILBOXES_TABLE);
const ports = {
  grants: createGrants({
    secrets: new SecretsManagerClient(CLIENT_OPTIONS),
    db,
    table: environment.MAILBOXES_TABLE,
    grantsPrefix: environment.GRANTS,
    accessTokensPrefix: environment.ACCESS_TOKENS,
    now,
    createLeaseToken: createUuid,
  }),
  endpoint: createTokenEndpoint(environment.OAUTH_URL, now),
  now,
};

export const handler = entry(async (event, deadline) => {
  const isForOne = typeof event === 'object' && event !== null && 'mailbox' in event;
  return isForOne ? refreshOne(event, deadline) : refreshAll(deadline);
}, 5_000);

async function refreshOne(event: unknown, deadline: Deadline): Promise<RefreshResult> {
  const { mailbox, refused } = parse(RequestSchema, event, 'EVENT_INVALID', 'refresh request');
  await registry.find(mailbox);
  return report(await refreshTokens(ports, { mailbox, refused, minimumMs: INVOKED_MINIMUM_MS }, deadline));
}

/** What a run did, for whoever invokes it by hand. */
interface RefreshSummary {
  readonly refreshed: number;
  readonly fresh: number;
  readonly failures: readonly MailboxFailure[];
}

async function refreshAll(deadline: Deadline): Promise<RefreshSummary> {
  const total = { refreshed: 0, fresh: 0 };
  const refused: MailboxFailure[] = [];
  const failures = await eachMailbox(await registry.list(), SIDE_BY_SIDE, async ({ id: mailbox }) => {
    const result = report(await refreshTokens(ports, { mailbox, minimumMs: SCHEDULED_MINIMUM_MS }, deadline));
    if (result.kind === 'failed') refused.push(result);
    else total[result.kind] += 1;
  });
  failures.push(...refused);
  logger.info('refreshed tokens', { ...total, failures: failures.length });
  return { ...total, failures };
}

function report(result: RefreshResult): RefreshResult {
  if (result.kind === 'failed') {
    const { mailbox, code, message: reason } = result;
    logger.warn('token not refreshed', { mailbox, code, reason });
  }
  return result;
}
