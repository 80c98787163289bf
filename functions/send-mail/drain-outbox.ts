// Sends a batch of the outbox: the messages of a mailbox over a few shared connections, each settled for itself.
import { dispositionOf, type ErrorCode, MailError } from '../../lib/core/errors.ts';
import { parseSendEvent, type SendEvent } from '../../lib/core/send-event.ts';
import type { DeadOutbox } from '../../lib/core/sending-ports.ts';
import { logFailure, logger } from '../invocation.ts';
import { type ClaimedMessage, claimMessage } from './claim-message.ts';
import type { Lane } from './lane.ts';
import { OneAtATime, type Turn } from './one-at-a-time.ts';
import { sendMail } from './send-mail.ts';
import type { SendPorts } from './send-ports.ts';

/** Connections of one mailbox in one batch; Gmail begins to refuse logins above a handful. */
const CONNECTIONS = 3;

export interface OutboxRecord {
  readonly id: string;
  readonly body: string;
  readonly group: string;
}

export interface DrainPorts {
  readonly ports: SendPorts;
  readonly dead: DeadOutbox;
  readonly openLane: () => Lane;
}

/** @returns the ids of the records that must be received again */
export async function drainOutbox(drain: DrainPorts, records: readonly OutboxRecord[]): Promise<readonly string[]> {
  const byMailbox = Map.groupBy(records, (record) => record.group);
  const large = new OneAtATime(drain.ports.objects);
  const failures = await Promise.all([...byMailbox.values()].map((batch) => drainMailbox(drain, batch, large)));
  return failures.flat();
}

async function drainMailbox(
  drain: DrainPorts,
  batch: readonly OutboxRecord[],
  large: OneAtATime,
): Promise<readonly string[]> {
  const pending = batch.map((record) => ({ record, begun: begin(drain.ports, record), turn: large.turn() }));
  // Each is awaited when it is the message's turn.
  for (const { begun } of pending) begun.catch(() => undefined);
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    const lane = drain.openLane();
    const endings: Promise<void>[] = [];
    try {
      for (let job = pending.shift(); job !== undefined; job = pending.shift()) {
        const { id } = job.record;
        const ending = drainRecord(drain, job, lane).then((isDone) => void (isDone || failed.push(id)));
        endings.push(ending);
        // The next message is on its way while the outcome of this one is stored.
        await Promise.race([ending, lane.released()]);
      }
      await Promise.all(endings);
    } finally {
      await lane.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONNECTIONS, batch.length) }, work));
  return failed;
}

interface Begun {
  readonly event: SendEvent;
  /** Settles alone, so that whoever awaits the rest does not wait for it. */
  readonly claiming?: { readonly claimed: Promise<ClaimedMessage> };
}

interface Job {
  readonly record: OutboxRecord;
  readonly begun: Promise<Begun>;
  readonly turn: Turn;
}

/** Claims go on side by side while the connections open; requests in the bucket wait until a connection has time for them. */
async function begin(ports: SendPorts, record: OutboxRecord): Promise<Begun> {
  const event = parseBody(record.body);
  if (event.kind !== 'request') return { event };
  const claimed = claimMessage(ports, event);
  claimed.catch(() => undefined);
  return { event, claiming: { claimed } };
}

/** Answers whether the record is done with. A fault of one record leaves the others alone. */
async function drainRecord(drain: DrainPorts, job: Job, lane: Lane): Promise<boolean> {
  const { record } = job;
  try {
    const refusal = await send(drain.ports, job, lane);
    if (refusal !== undefined) await bury(drain.dead, record, refusal);
    return true;
  } catch (error) {
    logFailure(error, { record: record.id });
    return false;
  }
}

interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}

/** Answers why the message will never be sent as it is, where that is so. */
async function send(ports: SendPorts, { record, begun, turn }: Job, lane: Lane): Promise<Refusal | undefined> {
  try {
    const { event, claiming } = await begun;
    const outcome = await sendMail({ ...ports, objects: turn.objects }, event, lane, claiming?.claimed);
    logger.info('send ended', { kind: outcome.kind, messageId: outcome.messageId });
    // A replay too: the record may have come back because it could not be buried the first time.
    const end = outcome.kind === 'replayed' ? outcome.saved : outcome;
    if (end.kind !== 'failed') return undefined;
    return { code: end.code, reason: end.response ?? 'the message could not be sent' };
  } catch (error) {
    if (!(error instanceof MailError) || !isForPerson(error.code)) throw error;
    logFailure(error, { record: record.id });
    return { code: error.code, reason: error.message };
  } finally {
    turn.done();
  }
}

/** To the dead-letter queue first, acknowledged second: in between, a repeat is dropped by its deduplication id. */
async function bury(dead: DeadOutbox, { id, group, body }: OutboxRecord, refusal: Refusal): Promise<void> {
  await dead.put({ id, group, body, ...refusal });
}

function isForPerson(code: ErrorCode): boolean {
  const disposition = dispositionOf(code);
  return disposition === 'refuse' || disposition === 'operator';
}

function parseBody(body: string): SendEvent {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    throw new MailError('REQUEST_INVALID', 'send request: is not valid JSON', { details: { field: '(whole)' } });
  }
  return parseSendEvent(event);
}
