// Invoked every 30 minutes for all mailboxes; by senders and pollers for one whose token is missing, old or refused; and by
// the command line with `{mailbox, revoke: true}`.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { CLIENT_OPTIONS, createDatabase } from '../../lib/aws/clients.ts';
import { createGrants } from '../../lib/aws/grants.ts';
import { createMailboxEvents } from '../../lib/aws/mailbox-events.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { MailError } from '../../lib/core/errors.ts';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import type { Deadline } from '../../lib/core/time.ts';
import { createTokenEndpoint } from '../../lib/google/token-endpoint.ts';
import { eachMailbox, type MailboxFailure } from '../each-mailbox.ts';
import { parseEnvironment, RefreshTokensEnvironment } from '../env.ts';
import { createUuid, entry, logger, now } from '../invocation.ts';
import { announce, announceOf, countOutlooks, lookAhead, type Outlook } from './outlook.ts';
import { type RefreshFailure, type RefreshResult, refreshTokens } from './refresh-tokens.ts';
import { type RevokeResult, revokeGrant } from './revoke-grant.ts';

const RequestSchema = v.object({
  mailbox: MailboxIdSchema,
  refused: v.optional(v.string()),
  revoke: v.optional(v.boolean(), false),
});
type Request = v.InferOutput<typeof RequestSchema>;

/** A schedule of 30 minutes and a token of 60: one with less than 45 left would not see the next run but one. */
const SCHEDULED_MINIMUM_MS = 45 * 60_000;
/** For who needs it now. */
const INVOKED_MINIMUM_MS = 5 * 60_000;
const SIDE_BY_SIDE = 20;
/** In the log. */
const NOT_REFRESHED = 'token not refreshed';

const environment = parseEnvironment(RefreshTokensEnvironment);
const metrics = new Metrics({ namespace: 'Mailroom', serviceName: environment.STACK });
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
  events: createMailboxEvents(environment.STACK),
  now,
};

export const handler = entry(async (event, deadline) => {
  const isForOne = typeof event === 'object' && event !== null && 'mailbox' in event;
  if (!isForOne) return refreshAll(deadline);
  const request = parse(RequestSchema, event, 'EVENT_INVALID', 'refresh request');
  if (!request.revoke) return refreshOne(request, deadline);
  return report(await revokeGrant(ports, request.mailbox, deadline), 'grant not revoked');
}, 5_000);

async function refreshOne({ mailbox, refused }: Request, deadline: Deadline): Promise<RefreshResult> {
  await registry.find(mailbox);
  const request = { mailbox, refused, minimumMs: INVOKED_MINIMUM_MS, isScheduled: false };
  const result = report(await refreshTokens(ports, request, deadline), NOT_REFRESHED);
  // Its mail waits from now on, so people hear of it now.
  if (result.kind === 'failed' && !(await isGone(result))) await announceOf(ports, mailbox, deadline);
  return result;
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
  const outlooks: Outlook[] = [];
  const failures = await eachMailbox(await registry.list(), SIDE_BY_SIDE, async ({ id: mailbox }) => {
    const request = { mailbox, minimumMs: SCHEDULED_MINIMUM_MS, isScheduled: true };
    const result = await refreshTokens(ports, request, deadline);
    if (result.kind === 'failed' && (await isGone(result))) return;
    report(result, NOT_REFRESHED);
    outlooks.push(await lookAhead(ports, mailbox));
    if (result.kind === 'failed') refused.push(result);
    else total[result.kind] += 1;
  });
  failures.push(...refused);
  logger.info('refreshed tokens', { ...total, failures: failures.length });
  publish(outlooks);
  // When all tokens are there: an event bus that does not answer must not keep one from being made.
  await announce(ports, outlooks, deadline);
  return { ...total, failures };
}

/** Into the log, from where CloudWatch takes them: infra/alarms.ts watches them. */
function publish(outlooks: readonly Outlook[]): void {
  const { needingPerson, daysLeft } = countOutlooks(outlooks);
  metrics.addMetric('Refreshes', MetricUnit.Count, 1);
  metrics.addMetric('MailboxesNeedingPerson', MetricUnit.Count, needingPerson);
  if (daysLeft !== undefined) metrics.addMetric('GrantDaysLeft', MetricUnit.NoUnit, daysLeft);
  metrics.publishStoredMetrics();
}

/** Whether it was disconnected while its refresh waited: its grant is then revoked or deleted, and nobody misses it. */
async function isGone({ mailbox }: RefreshFailure): Promise<boolean> {
  try {
    await registry.find(mailbox);
    return false;
  } catch (error) {
    if (error instanceof MailError) return error.code === 'MAILBOX_UNKNOWN';
    throw error;
  }
}

function report<Result extends RefreshResult | RevokeResult>(result: Result, what: string): Result {
  if (result.kind === 'failed') {
    const { mailbox, code, message: reason } = result;
    logger.warn(what, { mailbox, code, reason });
  }
  return result;
}
