// Takes up what is due in a mailbox: rested messages go back to the outbox, and so do claims whose worker fell silent.
// One that fell silent while transmitting may have sent its mail: it becomes `unknown` and is not sent again.
import type { MailError } from '../../lib/core/errors.ts';
import type { MailboxId } from '../../lib/core/mailbox.ts';
import type { DueMessage, WaitingMessages } from '../../lib/core/sending-ports.ts';
import type { Clock, Deadline } from '../../lib/core/time.ts';

export interface Released {
  readonly released: number;
  readonly unknown: number;
  /** Of messages that cannot be taken up: their records cannot be read. */
  readonly malformed: readonly MailError[];
}

export async function releaseWaiting(
  waiting: WaitingMessages,
  mailbox: MailboxId,
  now: Clock,
  deadline: Deadline,
): Promise<Released> {
  let released = 0;
  let unknown = 0;
  const { messages, malformed } = await waiting.due(mailbox, now());
  for (const message of messages) {
    if (deadline.signal.aborted) break;
    const wasFirst = await takeUp(waiting, message);
    if (!wasFirst) continue;
    if (message.state === 'transmitting') unknown += 1;
    else released += 1;
  }
  return { released, unknown, malformed };
}

function takeUp(waiting: WaitingMessages, message: DueMessage): Promise<boolean> {
  return message.state === 'transmitting' ? waiting.markUnknown(message) : waiting.release(message);
}
