// The replies queue: one group a thread, so that what one customer writes arrives in order and nobody else waits for it.
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { sha256 } from '../core/message-key.ts';
import type { RepliesQueue } from '../core/reading-ports.ts';

export function createRepliesQueue(sqs: SQSClient, url: string, deadUrl: string): RepliesQueue {
  const put = async (queueUrl: string, body: string, group: string, id: string): Promise<void> => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        // Hashed: a thread may be named by a Message-ID, which SQS does not take in a group id.
        MessageGroupId: sha256(group),
        MessageDeduplicationId: sha256(id),
      }),
    );
  };
  return {
    put: (event) => put(url, JSON.stringify(event), `${event.mailbox} ${event.thread}`, event.id),
    putUnreadable: (letter) => put(deadUrl, JSON.stringify(letter), letter.mailbox, letter.id),
  };
}
