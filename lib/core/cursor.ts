// How far a mailbox has been read: a UIDVALIDITY and UIDs (RFC 9051 section 2.3.1.1), as values that only move forward.
import * as v from 'valibot';
import { parse } from './parse.ts';
import { after, type EpochMs, toEpochMs } from './time.ts';

/** Gmail sometimes leaves UIDs out of a range FETCH (mailcore2#1256), so what was new lately is asked for again. */
const REREAD_MS = 15 * 60_000;

const EpochMsSchema = v.pipe(v.number(), v.safeInteger(), v.transform(toEpochMs));

const CursorSchema = v.object({
  folder: v.string(),
  uidValidity: v.string(),
  /** The highest UID that was read; 0 before the first. */
  uid: v.number(),
  /** When everything that was there had been dealt with. */
  readAt: EpochMsSchema,
  /** Highest UIDs of recent polls, oldest first: the first is what a poll reads from. */
  marks: v.array(v.object({ uid: v.number(), at: EpochMsSchema })),
});
export type Cursor = v.InferOutput<typeof CursorSchema>;

/** What the server says of a folder when it is opened. */
export interface FolderState {
  readonly folder: string;
  readonly uidValidity: string;
  readonly uidNext: number;
}

/** What to ask for: everything above a UID, or, where UIDs have lost their meaning, everything since a time. */
export type ReadFrom =
  | { readonly kind: 'uid'; readonly above: number }
  | { readonly kind: 'date'; readonly since: EpochMs };

/** @throws MailError RECORD_MALFORMED naming the attribute */
export function parseCursor(stored: unknown): Cursor {
  return parse(CursorSchema, stored, 'RECORD_MALFORMED', 'cursor in the Mailboxes table');
}

/** The first connection starts at now: what was there before is not ours to route. */
export function startCursor(folder: FolderState, now: EpochMs): Cursor {
  const uid = folder.uidNext - 1;
  return { folder: folder.folder, uidValidity: folder.uidValidity, uid, readAt: now, marks: [{ uid, at: now }] };
}

/** The first connection starts at a date: everything since then is read, and routed where it answers us. */
export function startCursorAt(since: EpochMs): Cursor {
  return { folder: '', uidValidity: '', uid: 0, readAt: after(since, REREAD_MS), marks: [] };
}

/**
 * UIDs only grow (RFC 9051 section 2.3.1.1). Where one that was read is yet to come, the folder was put back from a backup
 * under its old UIDVALIDITY: the UIDs of new mail would lie below the cursor.
 */
export function isSameFolder(cursor: Cursor, folder: FolderState): boolean {
  const isSame = cursor.folder === folder.folder && cursor.uidValidity === folder.uidValidity;
  return isSame && !(folder.uidNext <= cursor.uid);
}

export function readFrom(cursor: Cursor, folder: FolderState): ReadFrom {
  if (!isSameFolder(cursor, folder)) {
    return { kind: 'date', since: toEpochMs(cursor.readAt - REREAD_MS) };
  }
  return { kind: 'uid', above: Math.min(cursor.marks[0]?.uid ?? cursor.uid, cursor.uid) };
}

/** The lowest and highest UID that a poll was shown. */
export interface SeenUids {
  readonly lowest: number;
  readonly highest: number;
}

/**
 * The cursor after a poll.
 * @param isAll whether it has dealt with everything it was shown. Else `readAt` stays, from which is read by date where
 * UIDs lose their meaning before the rest was dealt with.
 */
export function advanceCursor(
  cursor: Cursor,
  folder: FolderState,
  seen: SeenUids | undefined,
  now: EpochMs,
  isAll = true,
): Cursor {
  const readAt = isAll ? now : cursor.readAt;
  if (!isSameFolder(cursor, folder)) {
    const lowest = seen?.lowest ?? folder.uidNext;
    return {
      ...startCursor(folder, now),
      uid: seen?.highest ?? folder.uidNext - 1,
      readAt,
      marks: [{ uid: lowest - 1, at: now }],
    };
  }
  const uid = Math.max(cursor.uid, seen?.highest ?? 0);
  return { ...cursor, uid, readAt, marks: remember(cursor.marks, uid, now) };
}

/** Keeps the newest mark that is older than the span to re-read, and a mark a minute after it. */
function remember(marks: Cursor['marks'], uid: number, now: EpochMs): Cursor['marks'] {
  const newest = marks.at(-1);
  const grown = newest !== undefined && now - newest.at < 60_000 ? marks : [...marks, { uid, at: now }];
  const oldEnough = grown.findLastIndex((mark) => now - mark.at >= REREAD_MS);
  return grown.slice(Math.max(oldEnough, 0));
}
