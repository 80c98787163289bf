// Calls off the messages to a person that still wait, as their sender would.

import type { MessageStory } from '../../lib/aws/message-story.ts';
import { createMailroom } from '../../lib/client/mailroom.ts';
import type { Context } from '../command.ts';
import { counted } from '../counted.ts';
import type { Deployment } from '../deployment.ts';

/** @returns those that are called off: one that is in work, or may have been sent, is not */
export async function cancelWaiting(
  { terminal, signal }: Context,
  { outputs }: Deployment,
  waiting: readonly MessageStory[],
): Promise<readonly MessageStory[]> {
  const mailroomOf = (mailbox: string) =>
    createMailroom({
      mailbox,
      sendFunction: outputs.SendMailFunction,
      outboxUrl: outputs.OutboxUrl,
      bucket: outputs.MailBucket,
      messagesTable: outputs.MessagesTable,
    });
  return terminal.during(`calling off ${counted(waiting.length, 'message')}`, async () => {
    const cancelled: MessageStory[] = [];
    for (const story of waiting) {
      signal.throwIfAborted();
      const { kind } = await mailroomOf(story.mailbox).cancel(story.idempotencyKey);
      if (kind === 'cancelled') cancelled.push(story);
    }
    return cancelled;
  });
}
