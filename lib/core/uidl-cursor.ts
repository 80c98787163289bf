// Which messages of a POP3 listing are new. POP3 has no number that only grows, so what was dealt with is remembered by
// its unique-id (RFC 1939 section 7). Gmail lists the mail of 30 days, which may be more than can be remembered: of a
// longer listing its end is, where new mail appears, and what stands before that end counts as dealt with.
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { parse } from './parse.ts';
import { after, type EpochMs, toEpochMs } from './time.ts';

/** 30 KB of the 400 that a table item may have. */
const MOST_REMEMBERED = 2_000;
/** So few remembered messages in their old order cannot be chance: 1 of 10! orders. */
const FEWEST_ANCHORS = 10;
/** A mail is listed later than it was received, at the worst by so much. */
const SLACK_MS = 24 * 60 * 60_000;

const EpochMsSchema = v.pipe(v.number(), v.safeInteger(), v.transform(toEpochMs));
const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const UidlCursorSchema = v.object({
  /** Hashes of unique-ids, in the order of the listing. */
  dealtWith: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[\w-]{12}$/))), v.maxLength(MOST_REMEMBERED)),
  /** How many of them, from the first, stood side by side with nothing open before them. */
  anchors: CountSchema,
  /** How many messages stood before the first of them, all dealt with; 0 where every one is remembered. */
  forgotten: CountSchema,
  readAt: EpochMsSchema,
  /** What was received before then has been dealt with, whatever its unique-id is now. */
  completeAt: EpochMsSchema,
  /** Until nothing is open any more: what was received before then is not new, although it is not remembered. */
  since: v.optional(EpochMsSchema),
});
export type UidlCursor = v.InferOutput<typeof UidlCursorSchema>;

/** A message of a session: its number there, and its unique-id. */
export interface ListedMessage {
  readonly number: number;
  readonly uidl: string;
}

export interface Unseen {
  /** In the order of the listing. */
  readonly messages: readonly ListedMessage[];
  /** Of them only those are new that were received since then. */
  readonly since?: EpochMs;
}

/** @throws MailError RECORD_MALFORMED naming the attribute */
export function parseUidlCursor(stored: unknown): UidlCursor {
  return parse(UidlCursorSchema, stored, 'RECORD_MALFORMED', 'POP3 cursor in the Mailboxes table');
}

/**
 * The first connection starts at now: what is listed then is not ours to route.
 * @param since start there instead: what was received since then is new
 */
export function startUidlCursor(listing: readonly ListedMessage[], now: EpochMs, since?: EpochMs): UidlCursor {
  if (since === undefined) return { ...remember(listing, () => true), readAt: now, completeAt: now };
  return { dealtWith: [], anchors: 0, forgotten: 0, readAt: now, completeAt: since, since };
}

/** Never leaves out a new one; names a message again where the listing no longer tells whether it was dealt with. */
export function unseen(cursor: UidlCursor, listing: readonly ListedMessage[]): Unseen {
  const remembered = new Set(cursor.dealtWith);
  const from = firstToLookAt(cursor, listing);
  const messages = listing.slice(from ?? 0).filter(({ uidl }) => !remembered.has(hashOf(uidl)));
  const since = cursor.since ?? (from === undefined ? after(cursor.completeAt, -SLACK_MS) : undefined);
  return { messages, ...(since !== undefined && { since }) };
}

/**
 * The cursor after a poll, however far it came.
 * @param done numbers of the messages that were dealt with, those received too long ago to be new among them
 */
export function advanceUidlCursor(
  cursor: UidlCursor,
  listing: readonly ListedMessage[],
  done: ReadonlySet<number>,
  now: EpochMs,
): UidlCursor {
  const { since: _, ...rest } = cursor;
  // A server that for once lists nothing would otherwise make us forget all that it lists again next time.
  if (listing.length === 0) return { ...cursor, readAt: now };
  const { messages, since } = unseen(cursor, listing);
  const open = new Set(messages.map(({ number }) => number).filter((number) => !done.has(number)));
  const memory = remember(listing, ({ number }) => !open.has(number));
  if (open.size === 0) return { ...rest, ...memory, readAt: now, completeAt: now };
  return { ...rest, ...memory, readAt: now, ...(since !== undefined && { since }) };
}

/** The index from which on unique-ids tell what is new; undefined where the listing is not the one we knew. */
function firstToLookAt(
  { dealtWith, anchors, forgotten }: UidlCursor,
  listing: readonly ListedMessage[],
): number | undefined {
  // Copies of one mail may share a unique-id (RFC 1939 section 7): the first of them counts.
  const positions = new Map(listing.map(({ uidl }, position) => [hashOf(uidl), position] as const).toReversed());
  if (forgotten === 0) {
    const isKnown = dealtWith.length === 0 || dealtWith.some((hash) => positions.has(hash));
    return isKnown || listing.length === 0 ? 0 : undefined;
  }
  const found = dealtWith.slice(0, anchors).flatMap((hash) => positions.get(hash) ?? []);
  const first = found[0];
  const isInOrder = found.every((position, index) => index === 0 || position > (found[index - 1] ?? position));
  // More messages before the first than there were: something came in between.
  if (first === undefined || found.length < FEWEST_ANCHORS || !isInOrder || first > forgotten) return undefined;
  return first;
}

/** Forgets from the front, but nothing behind an open message: at the worst the newest are named again. */
function remember(
  listing: readonly ListedMessage[],
  isDealtWith: (message: ListedMessage) => boolean,
): Pick<UidlCursor, 'dealtWith' | 'anchors' | 'forgotten'> {
  const dealtWith = listing.filter(isDealtWith);
  const open = listing.findIndex((message) => !isDealtWith(message));
  const before = open < 0 ? listing.length : open;
  const excess = Math.max(0, dealtWith.length - MOST_REMEMBERED);
  const forgotten = Math.min(excess, Math.max(0, before - FEWEST_ANCHORS));
  const kept = dealtWith.slice(forgotten, forgotten + MOST_REMEMBERED).map(({ uidl }) => hashOf(uidl));
  return { dealtWith: kept, anchors: Math.min(before - forgotten, kept.length), forgotten };
}

/** 72 bits: among 2,000 a new one is taken for an old one once in 10^18. */
function hashOf(uidl: string): string {
  return createHash('sha256').update(uidl, 'latin1').digest('base64url').slice(0, 12);
}
