// Which messages of a POP3 listing are new. POP3 has no number that only grows, so what was dealt with is remembered by
// its unique-id (RFC 1939 section 7). Gmail lists the mail of 30 days, which may be more than can be remembered: of a
// longer listing both ends are, because new mail appears at one of them, and what stands between them counts as dealt with: a
// server that listed new mail amidst the old, and deleted some of that at the same time, would hide it.
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { parse } from './parse.ts';
import { after, type EpochMs, toEpochMs } from './time.ts';

/** 30 KB of the 400 that a table item may have. */
const MOST_REMEMBERED = 2_000;
/** Neighbours of the forgotten, by which they are found again; of so many some may be deleted. */
const ANCHORS = 100;
/** So few side by side, in their old order, cannot be chance. */
const FEWEST_ANCHORS = 10;
/** A mail is listed later than it was received, at the worst by so much. */
const SLACK_MS = 24 * 60 * 60_000;

const EpochMsSchema = v.pipe(v.number(), v.safeInteger(), v.transform(toEpochMs));
const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const UidlCursorSchema = v.object({
  /** Hashes of unique-ids, in the order of the listing. */
  dealtWith: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[\w-]{12}$/))), v.maxLength(MOST_REMEMBERED)),
  /** How many more stood side by side among them, all dealt with; 0 where every one is remembered. */
  forgotten: CountSchema,
  /** How many of those remembered stood before the forgotten. */
  forgottenAfter: CountSchema,
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
  return { dealtWith: [], forgotten: 0, forgottenAfter: 0, readAt: now, completeAt: since, since };
}

/** Never leaves out a new one; names a message again where the listing no longer tells whether it was dealt with. */
export function unseen(cursor: UidlCursor, listing: readonly ListedMessage[]): Unseen {
  const remembered = new Set(cursor.dealtWith);
  const forgotten = forgottenIn(cursor, listing);
  const candidates = forgotten === undefined ? listing : listing.toSpliced(forgotten.at, forgotten.count);
  const messages = candidates.filter(({ uidl }) => !remembered.has(hashOf(uidl)));
  const since = cursor.since ?? (forgotten === undefined ? after(cursor.completeAt, -SLACK_MS) : undefined);
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

/** Where the forgotten stand, those that are left of them; undefined where the listing is not the one we knew. */
function forgottenIn(
  { dealtWith, forgotten, forgottenAfter }: UidlCursor,
  listing: readonly ListedMessage[],
): { readonly at: number; readonly count: number } | undefined {
  // Copies of one mail may share a unique-id (RFC 1939 section 7): the first of them counts.
  const positions = new Map(listing.map(({ uidl }, position) => [hashOf(uidl), position] as const).toReversed());
  if (forgotten === 0) {
    const isKnown = dealtWith.length === 0 || dealtWith.some((hash) => positions.has(hash));
    return isKnown ? { at: 0, count: 0 } : undefined;
  }
  const find = (from: number, to: number) => dealtWith.slice(from, to).flatMap((hash) => positions.get(hash) ?? []);
  const before = find(Math.max(0, forgottenAfter - ANCHORS), forgottenAfter);
  const behind = find(forgottenAfter, forgottenAfter + ANCHORS);
  if (Math.min(before.length, behind.length) < FEWEST_ANCHORS) return undefined;
  // They stood in one run: whatever was deleted of it, the rest still does. Another order may have some of them ascend too.
  if (!isOneRun(before) || !isOneRun(behind)) return undefined;
  const at = (before.at(-1) ?? 0) + 1;
  const count = (behind[0] ?? 0) - at;
  // More than there were: something came in between.
  return count < 0 || count > forgotten ? undefined : { at, count };
}

function isOneRun(positions: readonly number[]): boolean {
  return positions.every((position, index) => position === (positions[0] ?? 0) + index);
}

/** Forgets amidst the longest run of what was dealt with. Where that is short, the last are named again next time. */
function remember(
  listing: readonly ListedMessage[],
  isDealtWith: (message: ListedMessage) => boolean,
): Pick<UidlCursor, 'dealtWith' | 'forgotten' | 'forgottenAfter'> {
  const dealtWith = listing.filter(isDealtWith);
  const excess = Math.max(0, dealtWith.length - MOST_REMEMBERED);
  const run = longestRun(listing.map(isDealtWith));
  const forgotten = Math.min(excess, Math.max(0, run.length - 2 * ANCHORS));
  const forgottenAfter = run.after + Math.floor((run.length - forgotten) / 2);
  const kept = dealtWith.toSpliced(forgottenAfter, forgotten).slice(0, MOST_REMEMBERED);
  return { dealtWith: kept.map(({ uidl }) => hashOf(uidl)), forgotten, forgottenAfter };
}

/** Of those that are so: how long the longest run of them is, and how many stand before it. */
function longestRun(states: readonly boolean[]): { readonly length: number; readonly after: number } {
  let longest = { length: 0, after: 0 };
  let current = longest;
  for (const isSo of states) {
    current = isSo ? { ...current, length: current.length + 1 } : { length: 0, after: current.after + current.length };
    if (current.length > longest.length) longest = current;
  }
  return longest;
}

/** 72 bits: among 2,000 a new one is taken for an old one once in 10^18. */
function hashOf(uidl: string): string {
  return createHash('sha256').update(uidl, 'latin1').digest('base64url').slice(0, 12);
}
