// Invoked every minute: takes up what is due in every mailbox.
import { SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_OPTIONS, createDatabase } from '../../lib/aws/clients.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { createHolds } from '../../lib/aws/sending-gate.ts';
import { createWaitingMessages } from '../../lib/aws/waiting-messages.ts';
import { eachMailbox, type MailboxFailure } from '../each-mailbox.ts';
import { parseEnvironment, ReleaseWaitingEnvironment } from '../env.ts';
import { createUuid, entry, logFailure, logger, now } from '../invocation.ts';
import { releaseWaiting } from './release-waiting.ts';

const SIDE_BY_SIDE = 10;

const environment = parseEnvironment(ReleaseWaitingEnvironment);
const db = createDatabase();
const registry = createRegistry(db, environment.MAILBOXES_TABLE);
const waiting = createWaitingMessages({
  db,
  sqs: new SQSClient(CLIENT_OPTIONS),
  table: environment.MESSAGES_TABLE,
  outboxUrl: environment.OUTBOX_URL,
  releaseLeaseMs: environment.RELEASE_LEASE_SECONDS,
  now,
});
const holds = createHolds({ db, table: environment.MAILBOXES_TABLE, now, createNonce: createUuid });

/** What a run did, for whoever invokes it by hand. */
interface ReleaseSummary {
  readonly released: number;
  readonly unknown: number;
  /** Messages whose record cannot be read: they rest until it is mended. */
  readonly malformed: number;
  readonly failures: readonly MailboxFailure[];
}

export const handler = entry(async (_event, deadline): Promise<ReleaseSummary> => {
  const total = { released: 0, unknown: 0, malformed: 0 };
  const failures = await eachMailbox(registry, SIDE_BY_SIDE, async ({ id: mailbox }) => {
    const { released, unknown, malformed } = await releaseWaiting({ waiting, holds, now }, mailbox, deadline);
    total.released += released;
    total.unknown += unknown;
    total.malformed += malformed.length;
    for (const error of malformed) logFailure(error, { mailbox });
    if (unknown > 0) logger.warn('messages whose fate is unknown were not sent again', { mailbox, unknown });
  });
  logger.info('released waiting messages', { ...total, failures: failures.length });
  return { ...total, failures };
}, 5_000);
