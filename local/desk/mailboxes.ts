// The connected mailboxes as the Mailboxes table has them: what each may send, how far it is read, how its grant fares.
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { MailError } from '../../lib/core/errors.ts';
import { parseMailboxProfile } from '../../lib/core/mailbox.ts';
import { limitsOf, usedOf } from '../../lib/core/quota.ts';
import { toEpochMs } from '../../lib/core/time.ts';
import type { DeskState, MailboxView } from './desk-state.ts';

const NumberSchema = v.optional(v.number());
const TextSchema = v.optional(v.string());
const SendingSchema = v.object({
  hours: v.optional(
    v.array(v.object({ hour: v.number(), messages: v.number(), recipients: v.number(), external: v.number() })),
    [],
  ),
  hold: v.optional(v.object({ code: v.string(), until: v.number() })),
  operatorHold: v.optional(v.object({ until: NumberSchema })),
});
const PositionSchema = v.optional(v.object({ readAt: NumberSchema }));
const ReadingSchema = v.object({
  readTo: PositionSchema,
  uidls: PositionSchema,
  lastRoutedAt: NumberSchema,
  holdCode: TextSchema,
  holdUntil: NumberSchema,
});
const GrantSchema = v.object({ tokenExpiresAt: NumberSchema, failure: TextSchema });

type Items = ReadonlyMap<string, Record<string, unknown>>;

type KnownMailbox = Omit<MailboxView, 'troubles'>;

interface KnownMailboxes {
  readonly known: readonly KnownMailbox[];
  readonly malformed: DeskState['malformed'];
}

export async function readMailboxes(db: DynamoDBDocumentClient, TableName: string): Promise<KnownMailboxes> {
  const { Items = [] } = await db.send(new ScanCommand({ TableName, ConsistentRead: true }));
  const items = new Map(Items.map((item) => [String(item.key), item]));
  const ids = Items.filter(({ registry }) => registry === 'profile').map(({ id }) => String(id));
  const read = ids.toSorted().map((id) => readSafely(id, items));
  return {
    known: read.filter((mailbox) => 'address' in mailbox),
    malformed: read.filter((mailbox) => 'problem' in mailbox),
  };
}

/** One that is malformed hides no other. */
function readSafely(id: string, items: Items): KnownMailbox | DeskState['malformed'][number] {
  try {
    return describe(id, items);
  } catch (error) {
    if (error instanceof MailError || error instanceof v.ValiError) return { id, problem: error.message };
    throw error;
  }
}

function describe(id: string, items: Items): KnownMailbox {
  const profile = parseMailboxProfile(items.get(`${id}#profile`));
  const now = toEpochMs(Date.now());
  const sending = v.parse(SendingSchema, items.get(`${id}#sending`) ?? {});
  const { tokenExpiresAt, failure } = v.parse(GrantSchema, items.get(`${id}#grant`) ?? {});
  return {
    id,
    address: profile.address,
    protocol: profile.protocol,
    sent: { messages: usedOf(sending, now), limit: limitsOf(profile).messages },
    ...holdOf(sending, now),
    ...readingOf(v.parse(ReadingSchema, items.get(`${id}#reading`) ?? {}), now),
    ...(tokenExpiresAt !== undefined && { tokenExpiresAt }),
    ...(failure !== undefined && { grantFailure: failure }),
  };
}

/** One by a person outlasts the other. */
function holdOf({ hold, operatorHold }: v.InferOutput<typeof SendingSchema>, now: number): Pick<MailboxView, 'hold'> {
  if (operatorHold !== undefined && (operatorHold.until ?? now + 1) > now)
    return {
      hold: { code: 'HELD_BY_OPERATOR', ...(operatorHold.until !== undefined && { until: operatorHold.until }) },
    };
  return hold !== undefined ? { hold } : {};
}

function readingOf(
  { readTo, uidls, lastRoutedAt, holdCode, holdUntil }: v.InferOutput<typeof ReadingSchema>,
  now: number,
): Pick<MailboxView, 'readAt' | 'lastReplyAt' | 'readingHold'> {
  const readAt = readTo?.readAt ?? uidls?.readAt;
  return {
    ...(readAt !== undefined && { readAt }),
    ...(lastRoutedAt !== undefined && { lastReplyAt: lastRoutedAt }),
    ...(holdCode !== undefined && holdUntil !== undefined && holdUntil > now
      ? { readingHold: { code: holdCode, until: holdUntil } }
      : {}),
  };
}
