// Takes up what is due in a mailbox: rested messages go back to the outbox, and so do claims whose worker fell silent.
// One that fell silent while transmitting may have sent its mail: it becomes `unknown`, and is settled later.
import type { MailError } from '../../lib/core/errors.ts';
import type { MailboxId, MailboxProfile } from '../../lib/core/mailbox.ts';
import type { Holds } from '../../lib/core/sending-ports.ts';
import { isMended } from '../../lib/core/sending-state.ts';
import type { Clock, Deadline } from '../../lib/core/time.ts';
import { type Settled, type SettleUncertainPorts, settleUncertain } from './settle-uncertain.ts';

export interface Released extends Settled {
  readonly released: number;
  readonly unknown: number;
  /** Of messages that cannot be taken up: their records cannot be read. */
  readonly malformed: readonly MailError[];
}

export interface ReleasePorts extends SettleUncertainPorts {
  readonly holds: Holds;
  readonly now: Clock;
}

export async function releaseWaiting(
  ports: ReleasePorts,
  profile: MailboxProfile,
  deadline: Deadline,
): Promise<Released> {
  const { waiting, holds, now } = ports;
  let released = 0;
  let unknown = 0;
  const { messages, malformed } = await waiting.due(profile.id, now());
  const most = messages.length === 0 ? 0 : await mostToRelease(holds, profile.id, now);
  const uncertain = messages.filter(({ state }) => state === 'unknown');
  for (const message of messages) {
    if (deadline.signal.aborted) break;
    if (message.state === 'transmitting') {
      if (await waiting.markUnknown(message)) unknown += 1;
    } else if (message.state !== 'unknown' && released < most) {
      if (await waiting.release(message)) released += 1;
    }
  }
  const left = uncertain.slice(0, most - released);
  return { released, unknown, malformed, ...(await settleUncertain(ports, profile, left, deadline)) };
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
