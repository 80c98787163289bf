// Invoked every minute: takes up what is due in every mailbox.
import { SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_OPTIONS, createDatabase } from '../../lib/aws/clients.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { createWaitingMessages } from '../../lib/aws/waiting-messages.ts';
import { parseEnvironment, ReleaseWaitingEnvironment } from '../env.ts';
import { entry, logFailure, logger, now } from '../invocation.ts';
import { inParallel } from '../parallel.ts';
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

export const handler = entry(async (_event, deadline) => {
  const total = { released: 0, unknown: 0, failed: 0 };
  await inParallel(await registry.list(), SIDE_BY_SIDE, async ({ id: mailbox }) => {
    try {
      const { released, unknown } = await releaseWaiting(waiting, mailbox, now, deadline);
      total.released += released;
      total.unknown += unknown;
      if (unknown > 0) logger.warn('messages whose fate is unknown were not sent again', { mailbox, unknown });
    } catch (error) {
      total.failed += 1;
      logFailure(error, { mailbox });
    }
  });
  logger.info('released waiting messages', total);
  return total;
}, 5_000);
