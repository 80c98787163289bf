// The dead-letter queue of the outbox, for what can never be sent: the message as it came, and the reason beside it.
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadOutbox } from '../core/sending-ports.ts';

export function createDeadOutbox(sqs: SQSClient, url: string): DeadOutbox {
  return {
    async put({ id, group, body, code, reason }) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: body,
          MessageGroupId: group,
          // A repeat of this put, after a crash before the acknowledgement, is dropped.
          MessageDeduplicationId: id,
          MessageAttributes: {
            Code: { DataType: 'String', StringValue: code },
            Reason: { DataType: 'String', StringValue: reason.slice(0, 1_024) },
          },
        }),
      );
    },
  };
}
