// Receives the outbox in batches; answers which records are to be received again (partial batch response).
import { SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { CLIENT_OPTIONS } from '../../lib/aws/clients.ts';
import { createDeadOutbox } from '../../lib/aws/dead-outbox.ts';
import { parse } from '../../lib/core/parse.ts';
import { createTransport } from '../../lib/smtp/transport.ts';
import { DrainOutboxEnvironment, parseEnvironment, smtpOf } from '../env.ts';
import { entry } from '../invocation.ts';
import { drainOutbox } from './drain-outbox.ts';
import { RESERVE_MS } from './reserve.ts';
import { createSending } from './sending.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const EventSchema = v.object({
  Records: v.array(
    v.object({
      messageId: v.string(),
      body: v.string(),
      attributes: v.object({ MessageGroupId: v.optional(v.string(), 'none') }),
    }),
  ),
});

const environment = parseEnvironment(DrainOutboxEnvironment);
const { ports, openLane } = createSending(environment, createTransport(smtpOf(environment)));
const dead = createDeadOutbox(new SQSClient(CLIENT_OPTIONS), environment.OUTBOX_DEAD_URL);

export const handler = entry(async (event, deadline) => {
  const { Records } = parse(EventSchema, event, 'EVENT_INVALID', 'event of the outbox');
  const records = Records.map(({ messageId, body, attributes }) => ({
    id: messageId,
    body,
    group: attributes.MessageGroupId,
  }));
  const failed = await drainOutbox({ ports, dead, openLane: () => openLane(deadline, 'batch') }, records);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}, RESERVE_MS);
