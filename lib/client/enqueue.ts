// A request on its way through the outbox.
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { outboxDeduplicationId } from '../core/message-key.ts';
import { queueText } from '../core/queue-text.ts';
import type { PreparedRequest } from './prepare.ts';

/** One group a mailbox, so that one batch of it is in work at a time; a repeated put of the same request is one message. */
export async function enqueueRequest(
  { message, key, hash, json }: PreparedRequest,
  sqs: SQSClient,
  url: string,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: queueText(json),
      MessageGroupId: message.mailbox,
      MessageDeduplicationId: outboxDeduplicationId(key, hash, 0),
    }),
  );
}
