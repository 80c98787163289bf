// The replies queue: one group a thread, so that what one customer writes arrives in order and nobody else waits for it.
import { sha256 } from '../core/message-key.ts';
import { once } from '../core/once.ts';
import { queueText } from '../core/queue-text.ts';
import type { RepliesQueue } from '../core/reading-ports.ts';
import { CLIENT_OPTIONS } from './clients.ts';

/** Most polls put nothing on it: its client is loaded when there is something. */
export function createRepliesQueue(url: string, deadUrl: string): RepliesQueue {
  const load = once(async () => {
    const { SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
    return { SendMessageCommand, sqs: new SQSClient(CLIENT_OPTIONS) };
  });
  const put = async (queueUrl: string, body: string, group: string, id: string): Promise<void> => {
    const { SendMessageCommand, sqs } = await load();
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: queueText(body),
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
