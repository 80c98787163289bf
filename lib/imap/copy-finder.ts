// Looks for the copies that Gmail files of what was sent. The search index may lag behind the mailbox, so the newest
// headers are read as well; and a copy that someone has thrown away lies in Trash.
import type { ImapFlow, ListResponse } from 'imapflow';
import { MailError } from '../core/errors.ts';
import { parseHeaders } from '../core/header-block.ts';
import { isCopyOf, type MatchHeaders } from '../core/matching.ts';
import type { CopyFinder } from '../core/reading-ports.ts';
import type { Identity } from '../core/sending-ports.ts';
import { type EpochMs, toEpochMs } from '../core/time.ts';
import { createClient, type ImapEndpoint } from './client.ts';
import { translate } from './imap-errors.ts';

/** Read at a time, from the newest on, back to when the oldest of the messages was made. */
const NEWEST = 500;
const MOST_READ = 5_000;
/** Gmail's clock and ours need not agree. */
const CLOCK_SKEW_MS = 10 * 60_000;

export function createCopyFinder(endpoint: ImapEndpoint): CopyFinder {
  return {
    async find(profile, token, deadline, wanted) {
      const { ImapFlow } = await import('imapflow');
      const client = createClient(ImapFlow, endpoint, profile.address, token, deadline);
      try {
        await client.connect();
        const folders = foldersOfCopies(await client.list());
        return folders.length === 0 ? undefined : await findIn(client, folders, wanted);
      } catch (error) {
        throw translate(error);
      } finally {
        client.close();
      }
    },
  };
}

/** All Mail, or Sent where it is hidden from IMAP; and Trash, which All Mail leaves out. */
function foldersOfCopies(folders: readonly ListResponse[]): readonly string[] {
  const find = (use: string): string | undefined => folders.find(({ specialUse }) => specialUse === use)?.path;
  const kept = find('\\All') ?? find('\\Sent');
  return kept === undefined ? [] : [kept, find('\\Trash')].filter((path) => path !== undefined);
}

async function findIn(
  client: ImapFlow,
  folders: readonly string[],
  wanted: readonly Identity[],
): Promise<ReadonlyMap<string, EpochMs>> {
  const found = new Map<string, EpochMs>();
  for (const folder of folders) {
    const { exists } = await client.mailboxOpen(folder, { readOnly: true });
    if (exists === 0) continue;
    const missing = wanted.filter(({ messageId }) => !found.has(messageId));
    for (const [messageId, at] of await findOpened(client, exists, missing)) found.set(messageId, at);
  }
  return found;
}

async function findOpened(
  client: ImapFlow,
  exists: number,
  wanted: readonly Identity[],
): Promise<Map<string, EpochMs>> {
  const found = new Map<string, EpochMs>();
  const note = (mail: FiledMail): void => {
    const identity = wanted.find((candidate) => isCopyOf(candidate, mail.headers));
    if (identity !== undefined) found.set(identity.messageId, mail.filedAt);
  };
  for await (const mail of newest(client, exists, oldestOf(wanted))) note(mail);
  for (const { messageId } of wanted) {
    if (found.has(messageId)) continue;
    const uids = await client.search({ header: { 'message-id': messageId } }, { uid: true });
    // Refused, or the connection is gone: a search that was not made is no miss.
    if (!Array.isArray(uids)) throw new MailError('IMAP_REFUSED', 'the IMAP server made no search for a copy');
    if (uids.length === 0) continue;
    for await (const mail of readHeaders(client, uids.join(','), true)) note(mail);
  }
  return found;
}

function oldestOf(wanted: readonly Identity[]): number {
  return Math.min(...wanted.map(({ date }) => date)) - CLOCK_SKEW_MS;
}

interface FiledMail {
  readonly headers: MatchHeaders;
  readonly filedAt: EpochMs;
}

/** From the newest back, in pieces: the first of them holds the copy but in a very busy mailbox. */
async function* newest(client: ImapFlow, exists: number, since: number): AsyncGenerator<FiledMail> {
  const last = Math.max(1, exists - MOST_READ + 1);
  for (let to = exists; to >= last; to -= NEWEST) {
    let oldest = Number.POSITIVE_INFINITY;
    for await (const mail of readHeaders(client, `${Math.max(last, to - NEWEST + 1)}:${to}`, false)) {
      oldest = Math.min(oldest, mail.filedAt);
      yield mail;
    }
    if (oldest < since) return;
  }
}

async function* readHeaders(client: ImapFlow, range: string, isByUid: boolean): AsyncGenerator<FiledMail> {
  const query = { uid: true, internalDate: true, headers: ['message-id', 'date'] };
  for await (const { headers, internalDate } of client.fetch(range, query, { uid: isByUid })) {
    yield { headers: await parseHeaders(headers), filedAt: toEpochMs(new Date(internalDate ?? 0).getTime()) };
  }
}
