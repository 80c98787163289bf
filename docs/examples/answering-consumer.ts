// A Lambda function on the replies queue: it answers each reply once, in its thread.
import { consumeReplies, createHandledReplies, createMailroom, type ReplyEvent } from 'mailroom';

const mailroom = createMailroom({
  mailbox: 'support',
  sendFunction: process.env.SEND_MAIL_FUNCTION ?? '',
  outboxUrl: process.env.OUTBOX_URL ?? '',
  bucket: process.env.MAIL_BUCKET ?? '',
  messagesTable: process.env.MESSAGES_TABLE ?? '',
});

/** A table of your own: what was handled is not handled again. */
const handled = createHandledReplies({ table: process.env.HANDLED_TABLE ?? '' });

export async function handle(reply: ReplyEvent): Promise<void> {
  // Automatic replies, bounces, and what a colleague answered by hand.
  if (reply.kind !== 'reply' || reply.isSpam) return;
  // What you gave as `context` when you sent; it comes back unchanged, so parse it as you parse any input.
  const order = orderOf(reply.answers.context);
  if (order === undefined) return;
  // Where anything throws, the reply comes again, and those after it in its thread after it.
  await mailroom.answer(reply, {
    text: `Thank you, we have noted this for order ${order}:\n\n${reply.text}`,
    // No person reads it before it leaves: it says so, and is refused where a program wrote the reply.
    automatic: true,
    // Comes back with the next reply of the thread.
    context: { order },
  });
}

export const handler = consumeReplies(handle, { handled });

function orderOf(context: unknown): number | undefined {
  if (typeof context !== 'object' || context === null || !('order' in context)) return undefined;
  return typeof context.order === 'number' ? context.order : undefined;
}
