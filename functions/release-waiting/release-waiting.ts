// Takes up what is due in a mailbox: rested messages go back to the outbox, and so do claims whose worker fell silent.
// One that fell silent while transmitting may have sent its mail: it becomes `unknown`, and is settled later.
import type { MailError } from '../../lib/core/errors.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { limitsOf, roomOf } from '../../lib/core/quota.ts';
import type { DueMessage, Holds } from '../../lib/core/sending-ports.ts';
import { isMended, restOfOperatorHold, type SendingState } from '../../lib/core/sending-state.ts';
import { after, type Deadline, type EpochMs } from '../../lib/core/time.ts';
import { inParallel } from '../parallel.ts';
import { type Settled, type SettleUncertainPorts, settleUncertain } from './settle-uncertain.ts';

export interface Released extends Settled {
  readonly released: number;
  readonly unknown: number;
  readonly expired: number;
  /** Whether the mailbox is on hold, or is to find out with the mail that is due. */
  readonly isHeld: boolean;
  /** How long the oldest of its messages has been due. */
  readonly overdueMs: number;
  /** Of messages that cannot be taken up: their records cannot be read. */
  readonly malformed: readonly MailError[];
}

const NOTHING = { released: 0, unknown: 0, expired: 0, found: 0, sentAgain: 0, reported: 0 };
const SIDE_BY_SIDE = 10;

export interface ReleasePorts extends SettleUncertainPorts {
  readonly holds: Holds;
}

export async function releaseWaiting(
  ports: ReleasePorts,
  profile: MailboxProfile,
  deadline: Deadline,
): Promise<Released> {
  const [{ messages, malformed }, state] = await Promise.all([
    ports.waiting.due(profile.id, ports.now()),
    ports.holds.find(profile.id),
  ]);
  const overdueMs = Math.max(0, ...messages.map(({ dueAt }) => ports.now() - dueAt));
  const restUntil = restOfOperatorHold(state, ports.now());
  const isOnHold = state.hold !== undefined && (state.hold.until > ports.now() || messages.length > 0);
  const isHeld = isOnHold || restUntil !== undefined;
  const done = { ...NOTHING, isHeld, overdueMs, malformed };
  if (messages.length === 0) return done;
  let left = restUntil === undefined ? await mostToRelease(ports, profile, state) : 0;
  await inParallel(messages, SIDE_BY_SIDE, async (message) => {
    if (deadline.signal.aborted || message.state === 'unknown') return;
    const work = workFor(message, ports.now());
    if (work === 'released' && restUntil !== undefined) return restHeld(ports, message, restUntil);
    if (work === 'released' && left === 0) return;
    // Taken before the write, so that those side by side do not take more.
    if (work === 'released') left -= 1;
    if (await takeUp(ports, message, work)) done[work] += 1;
  });
  // To look for a copy takes a login, but no quota.
  const isSilent = isOnHold && left === 0;
  const due = isSilent ? [] : messages.filter((message) => message.state === 'unknown');
  return { ...done, ...(await settleUncertain(ports, profile, { due, mostSentAgain: left }, deadline)) };
}

type Work = 'released' | 'unknown' | 'expired';

function workFor({ state, notAfter, sentAgain }: DueMessage, now: EpochMs): Work {
  if (state === 'transmitting') return 'unknown';
  if (notAfter === undefined || notAfter >= now) return 'released';
  // It may have been sent the first time.
  return sentAgain > 0 ? 'unknown' : 'expired';
}

async function takeUp({ waiting, objects }: ReleasePorts, message: DueMessage, work: Work): Promise<boolean> {
  if (work === 'released') return waiting.release(message);
  if (work === 'unknown') return waiting.markUnknown(message);
  const { isFirst, object } = await waiting.expire(message);
  if (isFirst && object !== undefined) await objects.remove(object);
  return isFirst;
}

/** What a person holds rests as if it had been sent: what is due then does not stand before what expires. */
async function restHeld({ waiting }: ReleasePorts, message: DueMessage, until: EpochMs): Promise<void> {
  const { notAfter } = message;
  const dueAt = notAfter !== undefined && notAfter < until ? after(notAfter, 1) : until;
  await waiting.rest(message, dueAt, 'HELD_BY_OPERATOR');
}

/**
 * None on hold, and one when its time has passed or a new grant may have mended it: that one probes. Otherwise what the
 * quota has room for.
 */
async function mostToRelease(
  { holds, now }: ReleasePorts,
  profile: MailboxProfile,
  state: SendingState,
): Promise<number> {
  const { hold } = state;
  if (hold === undefined) return roomOf(state, limitsOf(profile), now());
  if (hold.until <= now()) return 1;
  if (!isMended(hold, await holds.refreshedAt(profile.id))) return 0;
  await holds.probe(profile.id);
  return 1;
}
