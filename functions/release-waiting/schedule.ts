// Invoked every minute: takes up what is due in every mailbox.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_OPTIONS, createDatabase } from '../../lib/aws/clients.ts';
import { createDeadOutbox } from '../../lib/aws/dead-outbox.ts';
import { createObjectStore } from '../../lib/aws/objects.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { createHolds } from '../../lib/aws/sending-gate.ts';
import { createTokenSource } from '../../lib/aws/token-source.ts';
import { createUncertainMessages } from '../../lib/aws/uncertain-messages.ts';
import { createWaitingMessages } from '../../lib/aws/waiting-messages.ts';
import { createCopyFinder } from '../../lib/imap/copy-finder.ts';
import { eachMailbox, type MailboxFailure } from '../each-mailbox.ts';
import { parseEnvironment, ReleaseWaitingEnvironment } from '../env.ts';
import { createUuid, entry, logFailure, logger, now } from '../invocation.ts';
import { type Released, type ReleasePorts, releaseWaiting } from './release-waiting.ts';

const SIDE_BY_SIDE = 10;

const environment = parseEnvironment(ReleaseWaitingEnvironment);
const metrics = new Metrics({ namespace: 'Mailroom', serviceName: environment.STACK });
const db = createDatabase();
const registry = createRegistry(db, environment.MAILBOXES_TABLE);
const sqs = new SQSClient(CLIENT_OPTIONS);
const waiting = createWaitingMessages({
  db,
  sqs,
  table: environment.MESSAGES_TABLE,
  outboxUrl: environment.OUTBOX_URL,
  releaseLeaseMs: environment.RELEASE_LEASE_SECONDS,
  settleAfterMs: environment.SETTLE_AFTER_SECONDS,
  now,
});
const ports: ReleasePorts = {
  waiting,
  holds: createHolds({ db, table: environment.MAILBOXES_TABLE, now, createNonce: createUuid }),
  uncertain: createUncertainMessages(db, environment.MESSAGES_TABLE),
  objects: createObjectStore(environment.MAIL_BUCKET),
  tokens: createTokenSource({
    secrets: new SecretsManagerClient(CLIENT_OPTIONS),
    refreshFunction: environment.REFRESH_FUNCTION,
    accessTokensPrefix: environment.ACCESS_TOKENS,
    now,
  }),
  copies: createCopyFinder({ host: environment.IMAP_HOST, port: environment.IMAP_PORT }),
  dead: createDeadOutbox(sqs, environment.OUTBOX_DEAD_URL),
  onUnknown: environment.ON_UNKNOWN,
  now,
};

/** What a run did, for whoever invokes it by hand. */
interface ReleaseSummary extends Omit<Released, 'malformed' | 'isHeld' | 'overdueMs'> {
  /** Mailboxes on hold. */
  readonly held: number;
  /** Messages whose record cannot be read: they rest until it is mended. */
  readonly malformed: number;
  readonly failures: readonly MailboxFailure[];
}

const COUNTS = ['released', 'unknown', 'expired', 'found', 'sentAgain', 'reported'] as const;

export const handler = entry(async (_event, deadline): Promise<ReleaseSummary> => {
  const total = { released: 0, unknown: 0, expired: 0, found: 0, sentAgain: 0, reported: 0, held: 0, malformed: 0 };
  let overdueMs = 0;
  const failures = await eachMailbox(await registry.list(), SIDE_BY_SIDE, async (profile) => {
    const released = await releaseWaiting(ports, profile, deadline);
    for (const name of COUNTS) total[name] += released[name];
    if (released.isHeld) total.held += 1;
    overdueMs = Math.max(overdueMs, released.overdueMs);
    total.malformed += released.malformed.length;
    for (const error of released.malformed) logFailure(error, { mailbox: profile.id });
  });
  logger.info('released waiting messages', { ...total, failures: failures.length });
  publish({ heldMailboxes: total.held, overdueSeconds: overdueMs / 1_000 });
  return { ...total, failures };
}, 5_000);

/** Into the log, from where CloudWatch takes them: infra/alarms.ts watches them. */
function publish({ heldMailboxes, overdueSeconds }: { heldMailboxes: number; overdueSeconds: number }): void {
  metrics.addMetric('Runs', MetricUnit.Count, 1);
  metrics.addMetric('HeldMailboxes', MetricUnit.Count, heldMailboxes);
  metrics.addMetric('OverdueSeconds', MetricUnit.Seconds, overdueSeconds);
  metrics.publishStoredMetrics();
}
