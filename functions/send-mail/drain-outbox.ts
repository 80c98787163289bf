// Sends a batch of the outbox: the messages of a mailbox over a few shared connections, each settled for itself.
import { dispositionOf, type ErrorCode, MailError } from '../../lib/core/errors.ts';
import { parseSendEvent, type SendEvent } from '../../lib/core/message.ts';
import type { DeadOutbox } from '../../lib/core/sending-ports.ts';
import { logFailure, logger } from '../invocation.ts';
import type { Lane } from './lane.ts';
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
  const failures = await Promise.all([...byMailbox.values()].map((batch) => drainMailbox(drain, batch)));
  return failures.flat();
}

async function drainMailbox(drain: DrainPorts, batch: readonly OutboxRecord[]): Promise<readonly string[]> {
  const pending = [...batch];
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    const lane = drain.openLane();
    try {
      for (let record = pending.shift(); record !== undefined; record = pending.shift()) {
        if (!(await drainRecord(drain, record, lane))) failed.push(record.id);
      }
    } finally {
      lane.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONNECTIONS, batch.length) }, work));
  return failed;
}

/** Answers whether the record is done with. A fault of one record leaves the others alone. */
async function drainRecord(drain: DrainPorts, record: OutboxRecord, lane: Lane): Promise<boolean> {
  try {
    const refusal = await send(drain.ports, record, lane);
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
async function send(ports: SendPorts, record: OutboxRecord, lane: Lane): Promise<Refusal | undefined> {
  try {
    const outcome = await sendMail(ports, parseBody(record.body), lane);
    logger.info('send ended', { kind: outcome.kind, messageId: outcome.messageId });
    // A replay too: the record may have come back because it could not be buried the first time.
    const end = outcome.kind === 'replayed' ? outcome.saved : outcome;
    if (end.kind !== 'failed') return undefined;
    return { code: end.code, reason: end.response ?? 'the message could not be sent' };
  } catch (error) {
    if (!(error instanceof MailError) || !isForPerson(error.code)) throw error;
    logFailure(error, { record: record.id });
    return { code: error.code, reason: error.message };
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
