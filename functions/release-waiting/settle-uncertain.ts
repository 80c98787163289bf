// What becomes of messages that may or may not have been sent, when the time for a copy to come is over: it is looked for,
// and where there is none, the same bytes are sent again or the message is reported.
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import type { TokenSource } from '../../lib/core/ports.ts';
import type { CopyFinder } from '../../lib/core/reading-ports.ts';
import type { DeadOutbox, DueMessage, UncertainMessage, WaitingMessages } from '../../lib/core/sending-ports.ts';
import { after, type Clock, type Deadline, type EpochMs } from '../../lib/core/time.ts';
import { logger } from '../invocation.ts';
import { type SettlePorts, settleSent } from '../settle-sent.ts';
import { withToken } from '../with-token.ts';

export interface SettleUncertainPorts extends SettlePorts {
  readonly waiting: WaitingMessages;
  readonly tokens: TokenSource;
  readonly copies: CopyFinder;
  readonly dead: DeadOutbox;
  readonly onUnknown: OnUnknown;
  readonly now: Clock;
}

type OnUnknown = 'send-again' | 'report';

export interface Settled {
  readonly found: number;
  readonly sentAgain: number;
  readonly reported: number;
}

export interface UncertainWork {
  readonly due: readonly DueMessage[];
  /** What hold and quota allow. */
  readonly mostSentAgain: number;
}

/** Something about the message itself may end the connection each time. */
const MOST_SENT_AGAIN = 3;
/** Of a mailbox in a run. */
const MOST_LOOKED_FOR = 50;
/** When a mailbox could not be looked into, or may send nothing again for now. */
const LOOK_AGAIN_MS = 5 * 60_000;

export async function settleUncertain(
  ports: SettleUncertainPorts,
  profile: MailboxProfile,
  { due, mostSentAgain }: UncertainWork,
  deadline: Deadline,
): Promise<Settled> {
  const total = { found: 0, sentAgain: 0, reported: 0 };
  const uncertain = await readAll(ports, due.slice(0, MOST_LOOKED_FOR));
  if (uncertain.length === 0) return total;
  const copies = await findCopies(ports, profile, uncertain, deadline);
  for (const { due: record, message } of uncertain) {
    const maySendAgain = total.sentAgain < mostSentAgain;
    const end = await settleOne(ports, profile, { due: record, message }, copies, maySendAgain);
    if (end !== undefined) total[end] += 1;
  }
  logger.info('settled uncertain messages', { mailbox: profile.id, ...total });
  return total;
}

interface Uncertain {
  readonly due: DueMessage;
  readonly message: UncertainMessage;
}

async function readAll({ uncertain }: SettleUncertainPorts, due: readonly DueMessage[]): Promise<readonly Uncertain[]> {
  const read = await Promise.all(
    due.map(async (record) => ({ due: record, message: await uncertain.find(record.key) })),
  );
  return read.flatMap(({ due: record, message }) => (message === undefined ? [] : [{ due: record, message }]));
}

/** By Message-ID; undefined where the mailbox cannot be looked into. */
async function findCopies(
  { tokens, copies, waiting, now }: SettleUncertainPorts,
  profile: MailboxProfile,
  uncertain: readonly Uncertain[],
  deadline: Deadline,
): Promise<ReadonlyMap<string, EpochMs> | undefined> {
  // It shows neither sent mail nor folders.
  if (profile.protocol === 'pop3') return undefined;
  const wanted = uncertain.map(({ message }) => message);
  try {
    return await withToken(tokens, profile.id, (token) => copies.find(profile, token, deadline, wanted));
  } catch (error) {
    // They are not to stand in the way of what can be sent meanwhile.
    const later = after(now(), LOOK_AGAIN_MS);
    await Promise.all(uncertain.map(({ due }) => waiting.postpone(due, later)));
    throw error;
  }
}

async function settleOne(
  ports: SettleUncertainPorts,
  profile: MailboxProfile,
  { due, message }: Uncertain,
  copies: ReadonlyMap<string, EpochMs> | undefined,
  maySendAgain: boolean,
): Promise<keyof Settled | undefined> {
  const filedAt = copies?.get(message.messageId);
  if (filedAt !== undefined) return (await settleSent(ports, message, filedAt, 'search')) ? 'found' : undefined;
  const onUnknown = profile.onUnknown ?? ports.onUnknown;
  const isStale = due.notAfter !== undefined && due.notAfter < ports.now();
  if (copies !== undefined && onUnknown === 'send-again' && message.sentAgain < MOST_SENT_AGAIN && !isStale) {
    if (maySendAgain) return (await ports.waiting.release(due)) ? 'sentAgain' : undefined;
    await ports.waiting.postpone(due, after(ports.now(), LOOK_AGAIN_MS));
    return undefined;
  }
  await report(ports, due, message);
  return 'reported';
}

/** To the dead-letter queue first: in between, a repeat is dropped by its deduplication id. */
async function report(
  { dead, uncertain }: SettleUncertainPorts,
  due: DueMessage,
  message: UncertainMessage,
): Promise<void> {
  const { mailbox, idempotencyKey, attempt, key } = due;
  await dead.put({
    id: `${key}-${attempt}`,
    group: mailbox,
    body: JSON.stringify({ version: 1, mailbox, idempotencyKey, resume: true }),
    code: 'SEND_UNCERTAIN',
    reason:
      'it may or may not have been sent, and no copy was found: look for it, and send it anew with a new key if it is missing',
  });
  await uncertain.giveUp(message);
}
