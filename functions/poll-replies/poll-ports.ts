// What both entries of poll-replies work with.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createAnswerGovernor } from '../../lib/aws/automatic-answers.ts';
import { createBounceMarks } from '../../lib/aws/bounce-marks.ts';
import { CLIENT_OPTIONS, createDatabase } from '../../lib/aws/clients.ts';
import { createObjectStore } from '../../lib/aws/objects.ts';
import { createReadingState } from '../../lib/aws/reading-state.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { createRepliesQueue } from '../../lib/aws/replies-queue.ts';
import { createRoutedReplies } from '../../lib/aws/routed-replies.ts';
import { createSendingHolds, createSentElsewhere } from '../../lib/aws/sending-gate.ts';
import { createFindSent } from '../../lib/aws/sent-messages.ts';
import { createTokenSource } from '../../lib/aws/token-source.ts';
import { createUncertainMessages } from '../../lib/aws/uncertain-messages.ts';
import type { Registry } from '../../lib/core/ports.ts';
import { createMailSource } from '../../lib/imap/mail-source.ts';
import { createPop3Source } from '../../lib/pop3/mail-source.ts';
import type { PollRepliesEnvironment } from '../env.ts';
import { createUuid, now } from '../invocation.ts';
import { shareMemory } from '../memory-budget.ts';
import type { PollPorts } from './poll-mailbox.ts';

/** Of the function's 512 MB; fifty connections and what they list take half of them (npm run bench). */
const MEMORY_BYTES = 96 * 1024 * 1024;

export function createPollPorts(environment: PollRepliesEnvironment): PollPorts & { readonly registry: Registry } {
  const db = createDatabase();
  const mailboxes = { db, table: environment.MAILBOXES_TABLE, now };
  return {
    registry: createRegistry(db, environment.MAILBOXES_TABLE),
    tokens: createTokenSource({
      secrets: new SecretsManagerClient(CLIENT_OPTIONS),
      refreshFunction: environment.REFRESH_FUNCTION,
      accessTokensPrefix: environment.ACCESS_TOKENS,
      now,
    }),
    sources: {
      imap: createMailSource({ host: environment.IMAP_HOST, port: environment.IMAP_PORT }),
      pop3: createPop3Source({ host: environment.POP3_HOST, port: environment.POP3_PORT }),
    },
    elsewhere: createSentElsewhere({ ...mailboxes, createNonce: createUuid }),
    sendingHolds: createSendingHolds({ ...mailboxes, createNonce: createUuid, random: Math.random }),
    governor: createAnswerGovernor({ db, table: environment.MESSAGES_TABLE, now }),
    bounces: createBounceMarks(db, environment.MESSAGES_TABLE),
    uncertain: createUncertainMessages(db, environment.MESSAGES_TABLE),
    findSent: createFindSent(db, environment.MESSAGES_TABLE),
    reading: createReadingState({ ...mailboxes, createLeaseToken: createUuid }),
    routed: createRoutedReplies(db, environment.ROUTED_TABLE, now),
    replies: createRepliesQueue(environment.REPLIES_URL, environment.REPLIES_DEAD_URL),
    objects: createObjectStore(environment.MAIL_BUCKET),
    ...shareMemory(MEMORY_BYTES),
    // Most polls find no reply.
    readMail: async (mail) => (await import('../../lib/mime/mail-content.ts')).readMail(mail),
    now,
  };
}
