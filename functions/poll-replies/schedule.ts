// Invoked every minute: reads all mailboxes side by side.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CLIENT_OPTIONS, createDatabase } from '../../lib/aws/clients.ts';
import { createObjectStore } from '../../lib/aws/objects.ts';
import { createReadingState } from '../../lib/aws/reading-state.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { createRepliesQueue } from '../../lib/aws/replies-queue.ts';
import { createRoutedReplies } from '../../lib/aws/routed-replies.ts';
import { createSentElsewhere } from '../../lib/aws/sending-gate.ts';
import { createFindSent } from '../../lib/aws/sent-messages.ts';
import { createTokenSource } from '../../lib/aws/token-source.ts';
import { createUncertainMessages } from '../../lib/aws/uncertain-messages.ts';
import { createMailSource } from '../../lib/imap/mail-source.ts';
import { eachMailbox, type MailboxFailure } from '../each-mailbox.ts';
import { PollRepliesEnvironment, parseEnvironment } from '../env.ts';
import { createUuid, entry, logger, now } from '../invocation.ts';
import { type PollPorts, pollMailbox } from './poll-mailbox.ts';

const SIDE_BY_SIDE = 50;

/** What a run did, for whoever invokes it by hand. */
interface PollSummary {
  readonly seen: number;
  readonly routed: number;
  readonly settled: number;
  readonly failures: readonly MailboxFailure[];
}

const environment = parseEnvironment(PollRepliesEnvironment);
const db = createDatabase();
const registry = createRegistry(db, environment.MAILBOXES_TABLE);
const ports: PollPorts = {
  tokens: createTokenSource({
    secrets: new SecretsManagerClient(CLIENT_OPTIONS),
    refreshFunction: environment.REFRESH_FUNCTION,
    accessTokensPrefix: environment.ACCESS_TOKENS,
    now,
  }),
  source: createMailSource({ host: environment.IMAP_HOST, port: environment.IMAP_PORT }),
  elsewhere: createSentElsewhere({ db, table: environment.MAILBOXES_TABLE, now, createNonce: createUuid }),
  uncertain: createUncertainMessages(db, environment.MESSAGES_TABLE),
  findSent: createFindSent(db, environment.MESSAGES_TABLE),
  reading: createReadingState({ db, table: environment.MAILBOXES_TABLE, now, createLeaseToken: createUuid }),
  routed: createRoutedReplies(db, environment.ROUTED_TABLE, now),
  replies: createRepliesQueue(environment.REPLIES_URL, environment.REPLIES_DEAD_URL),
  objects: createObjectStore(environment.MAIL_BUCKET),
  // Most polls find no reply.
  readMail: async (mail) => (await import('../../lib/mime/mail-content.ts')).readMail(mail),
  now,
};

export const handler = entry(async (_event, deadline): Promise<PollSummary> => {
  const total = { seen: 0, routed: 0, settled: 0 };
  const failures = await eachMailbox(registry, SIDE_BY_SIDE, async (profile) => {
    const { seen, routed, settled } = await pollMailbox(ports, profile, deadline);
    total.seen += seen;
    total.routed += routed;
    total.settled += settled;
  });
  logger.info('polled mailboxes', { ...total, failures: failures.length });
  return { ...total, failures };
}, 12_000);
