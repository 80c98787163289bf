// Takes up what is due in a mailbox: rested messages go back to the outbox, and so do claims whose worker fell silent.
// One that fell silent while transmitting may have sent its mail: it becomes `unknown` and is not sent again.
import type { MailError } from '../../lib/core/errors.ts';
import type { MailboxId } from '../../lib/core/mailbox.ts';
import type { DueMessage, Holds, WaitingMessages } from '../../lib/core/sending-ports.ts';
import { isMended } from '../../lib/core/sending-state.ts';
import type { Clock, Deadline } from '../../lib/core/time.ts';

export interface Released {
  readonly released: number;
  readonly unknown: number;
  /** Of messages that cannot be taken up: their records cannot be read. */
  readonly malformed: readonly MailError[];
}

export interface ReleasePorts {
  readonly waiting: WaitingMessages;
  readonly holds: Holds;
  readonly now: Clock;
}

export async function releaseWaiting(
  { waiting, holds, now }: ReleasePorts,
  mailbox: MailboxId,
  deadline: Deadline,
): Promise<Released> {
  let released = 0;
  let unknown = 0;
  const { messages, malformed } = await waiting.due(mailbox, now());
  const most = messages.length === 0 ? 0 : await mostToRelease(holds, mailbox, now);
  for (const message of messages) {
    if (deadline.signal.aborted) break;
    const isSilent = message.state === 'transmitting';
    if (!isSilent && released >= most) continue;
    const wasFirst = await takeUp(waiting, message);
    if (!wasFirst) continue;
    if (isSilent) unknown += 1;
    else released += 1;
  }
  return { released, unknown, malformed };
}

/** None on hold, and one when its time has passed or a new grant may have mended it: that one probes. */
async function mostToRelease(holds: Holds, mailbox: MailboxId, now: Clock): Promise<number> {
  const hold = await holds.find(mailbox);
  if (hold === undefined) return Number.POSITIVE_INFINITY;
  if (hold.until <= now()) return 1;
  if (!isMended(hold, await holds.refreshedAt(mailbox))) return 0;
  await holds.probe(mailbox);
  return 1;
}

function takeUp(waiting: WaitingMessages, message: DueMessage): Promise<boolean> {
  return message.state === 'transmitting' ? waiting.markUnknown(message) : waiting.release(message);
}
