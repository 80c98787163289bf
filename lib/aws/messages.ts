// The Messages table as senders use it. Every write is one conditional write on one item, and every write after the claim
// needs its lease token, so that of two workers on one message only one gets through.
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { MailError } from '../core/errors.ts';
import type { MessageKey } from '../core/message-key.ts';
import type { Claim, ClaimResult, Messages, NewMessage } from '../core/sending-ports.ts';
import { after, type Clock, type EpochMs } from '../core/time.ts';
import { cancelMessage } from './cancel-message.ts';
import { applies, isConditionFailure } from './conditions.ts';
import {
  bodyOf,
  holds,
  type MessageRecord,
  newRecord,
  occupied,
  parseMessageRecord,
  REMOVE_WHEN_SETTLED,
} from './message-record.ts';

export interface MessagesOptions {
  readonly db: DynamoDBDocumentClient;
  readonly table: string;
  readonly claimLeaseMs: number;
  /** How long after an uncertain end its copy is looked for. */
  readonly settleAfterMs: number;
  readonly now: Clock;
  readonly createLeaseToken: () => string;
}

export function createMessages(options: MessagesOptions): Messages {
  return {
    claim: (first) => claimFirst(options, first),

    resume: (key) => resume(options, key),
    cancel: (key) => cancelMessage({ ...options, read: (of) => readRecord(options, of) }, key),
    markTransmitting: (claim) => write(options, claim, 'SET #state = :state', { ':state': 'transmitting' }),

    settle: (claim, outcome) =>
      write(options, claim, `SET #state = :state, outcome = :outcome ${REMOVE_WHEN_SETTLED}`, {
        ':state': outcome.kind,
        ':outcome': outcome,
      }),

    rest: (claim, dueAt, code) =>
      write(options, claim, 'SET #state = :state, dueAt = :dueAt, code = :code REMOVE leaseToken, released', {
        ':state': 'waiting',
        ':dueAt': dueAt,
        ':code': code,
      }),

    putAside: (claim, code) =>
      write(options, claim, 'SET #state = :state, code = :code REMOVE dueAt, leaseToken, released', {
        ':state': 'waiting',
        ':code': code,
      }),

    async markUnknown(claim) {
      const now = options.now();
      const dueAt = after(now, options.settleAfterMs);
      const expression =
        'SET #state = :state, unknownSince = :unknownSince, dueAt = :dueAt REMOVE leaseToken, released';
      await write(options, claim, expression, { ':state': 'unknown', ':unknownSince': now, ':dueAt': dueAt });
      return dueAt;
    },
  };
}

async function readRecord({ db, table }: MessagesOptions, key: MessageKey): Promise<MessageRecord> {
  const { Item } = await db.send(new GetCommand({ TableName: table, Key: { key }, ConsistentRead: true }));
  if (Item !== undefined) return parseMessageRecord(Item);
  throw new MailError(
    'REQUEST_MISSING',
    'the message is not in the Messages table: it was not taken up yet, or is forgotten',
    {
      details: { key },
    },
  );
}

async function claimFirst(options: MessagesOptions, first: NewMessage): Promise<ClaimResult> {
  const now = options.now();
  const lease = { token: options.createLeaseToken(), until: after(now, options.claimLeaseMs) };
  const { key, messageId, date } = first;
  const claimed = {
    kind: 'claimed',
    key,
    messageId,
    date,
    leaseToken: lease.token,
    attempt: 1,
    firstSeenAt: now,
    isSentAgain: false,
    ...(first.message.notAfter !== undefined && { notAfter: first.message.notAfter }),
  } as const;
  try {
    await options.db.send(
      new PutCommand({
        TableName: options.table,
        Item: newRecord(first, lease, now),
        ConditionExpression: 'attribute_not_exists(#key)',
        ExpressionAttributeNames: { '#key': 'key' },
      }),
    );
    return first.scheduledFor === undefined ? claimed : { kind: 'scheduled', messageId, dueAt: first.scheduledFor };
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
  const record = await readRecord(options, first.key);
  if (record.leaseToken === lease.token) return claimed;
  if (record.requestHash !== first.requestHash) throw mismatch();
  return takeUp(options, first.key, record);
}

async function resume(options: MessagesOptions, key: MessageKey): ReturnType<Messages['resume']> {
  const record = await readRecord(options, key);
  const body = bodyOf(record);
  const result = await takeUp(options, key, record);
  return body === undefined ? { result } : { result, body };
}

/** Claims a message that was seen before, unless it is settled, uncertain, not due or in work. */
async function takeUp(options: MessagesOptions, key: MessageKey, record: MessageRecord): Promise<ClaimResult> {
  const now = options.now();
  const answer = occupied(record, now);
  if (answer !== undefined) return answer;
  const leaseToken = options.createLeaseToken();
  const until = after(now, options.claimLeaseMs);
  const isTaken = await tryTakeUp(options, key, record, leaseToken, until);
  if (!isTaken) return { kind: 'busy', messageId: record.messageId, dueAt: until };
  return { kind: 'claimed', ...claimOf(key, record, leaseToken) };
}

function claimOf(
  key: MessageKey,
  { messageId, date, firstSeenAt, attempt, sentAgain, notAfter }: MessageRecord,
  leaseToken: string,
): Claim {
  const ends = notAfter === undefined ? {} : { notAfter };
  return { key, messageId, date, leaseToken, attempt: attempt + 1, firstSeenAt, isSentAgain: sentAgain > 0, ...ends };
}

/** Compares what was read: whoever else takes it up changes the number of attempts. */
async function tryTakeUp(
  options: MessagesOptions,
  key: MessageKey,
  record: MessageRecord,
  leaseToken: string,
  until: EpochMs,
): Promise<boolean> {
  const update = new UpdateCommand({
    TableName: options.table,
    Key: { key },
    UpdateExpression:
      'SET #state = :claimed, attempt = :next, leaseToken = :token, dueAt = :until REMOVE released, code',
    ConditionExpression: '#state = :was AND attempt = :attempt',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':claimed': 'claimed',
      ':next': record.attempt + 1,
      ':token': leaseToken,
      ':until': until,
      ':was': record.state,
      ':attempt': record.attempt,
    },
  });
  if (await applies(options.db, update)) return true;
  return (await readRecord(options, key)).leaseToken === leaseToken;
}

async function write(
  options: MessagesOptions,
  claim: Claim,
  expression: string,
  values: Record<string, unknown>,
): Promise<void> {
  const update = new UpdateCommand({
    TableName: options.table,
    Key: { key: claim.key },
    UpdateExpression: expression,
    ConditionExpression: 'leaseToken = :token',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ...values, ':token': claim.leaseToken },
  });
  if (await applies(options.db, update)) return;
  if (holds(await readRecord(options, claim.key), values)) return;
  throw new MailError('LEASE_LOST', 'another worker has taken over this message', { details: { key: claim.key } });
}

function mismatch(): MailError {
  return new MailError(
    'IDEMPOTENCY_MISMATCH',
    'idempotencyKey: was used with another request: use a new key for a new message, or repeat the first request unchanged',
    { details: { field: 'idempotencyKey' } },
  );
}
