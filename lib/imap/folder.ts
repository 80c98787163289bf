// One folder by imapflow, opened read-only, so that no flag ever changes.
import type { ImapFlow, MailboxObject } from 'imapflow';
import { advanceCursor, type Cursor, type FolderState, isSameFolder, readFrom, startCursor } from '../core/cursor.ts';
import type { MailSummary } from '../core/matching.ts';
import type { MailFolder } from '../core/reading-ports.ts';
import type { EpochMs } from '../core/time.ts';
import { translate } from './imap-errors.ts';
import { readOutline, streamMail, streamPart } from './large-mail.ts';
import { listMails } from './listing.ts';
import { messageIdsOf } from './threads.ts';

/** @param cursor where the last poll ended; none before the first */
export function createFolder(
  client: ImapFlow,
  opened: MailboxObject,
  kind: MailFolder['kind'],
  cursor: Cursor | undefined,
): MailFolder {
  const state = describe(opened);
  return {
    kind,
    async list() {
      return cursor === undefined ? undefined : translated(listMails(client, state, readFrom(cursor, state)));
    },
    listSince: (since) => translated(listMails(client, state, { kind: 'date', since })),
    isNew: ({ uid }) => (cursor !== undefined && isSameFolder(cursor, state) ? uid > cursor.uid : 'unknown'),
    // What is uncopied is listed again in any case, with all that came lately.
    positionAfter(done, isAll, now) {
      const next = cursorAfter(cursor, state, done, isAll, now);
      return kind === 'main' ? { readTo: next } : { spam: next };
    },
    fetch: (uids) => translated(fetchMails(client, uids)),
    outline: (uid) => translated(readOutline(client, uid)),
    stream: (uid) => streamTranslated(streamMail(client, uid)),
    streamPart: (uid, part) => streamTranslated(streamPart(client, uid, part)),
    messageIdsOf: (threads) => translated(messageIdsOf(client, threads)),
  };
}

function describe(folder: MailboxObject): FolderState {
  return { folder: folder.path, uidValidity: String(folder.uidValidity), uidNext: folder.uidNext };
}

function cursorAfter(
  cursor: Cursor | undefined,
  state: FolderState,
  done: readonly MailSummary[],
  isAll: boolean,
  now: EpochMs,
): Cursor {
  if (cursor === undefined) return startCursor(state, now);
  const [first, last] = [done[0], done.at(-1)];
  const range = first && last && { lowest: first.uid, highest: last.uid };
  return isAll || range !== undefined ? advanceCursor(cursor, state, range, now, isAll) : cursor;
}

/** What an answer leaves out is asked for once more, by itself: it need not be gone. */
async function fetchMails(client: ImapFlow, uids: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
  const mails = new Map<number, Uint8Array>();
  for (let round = 0; round < 2; round += 1) {
    const missing = uids.filter((uid) => !mails.has(uid));
    if (missing.length === 0) break;
    for await (const { uid, source } of client.fetch(missing.join(','), { uid: true, source: true }, { uid: true })) {
      if (source !== undefined) mails.set(uid, source);
    }
  }
  return mails;
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw translate(error);
  }
}

async function* streamTranslated(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw translate(error);
  }
}
