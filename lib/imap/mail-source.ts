// IMAP to Gmail by imapflow: All Mail where there is one, opened read-only, so that no flag ever changes.
import type { ImapFlow, ListResponse, MailboxObject } from 'imapflow';
import type { FolderState, ReadFrom } from '../core/cursor.ts';
import { parseHeaders } from '../core/header-block.ts';
import { MATCH_HEADERS, type MailSummary } from '../core/matching.ts';
import type { MailSession, MailSource } from '../core/reading-ports.ts';
import { createClient, type ImapEndpoint } from './client.ts';
import { translate } from './imap-errors.ts';
import { readOutline, streamMail } from './large-mail.ts';

export function createMailSource(endpoint: ImapEndpoint): MailSource {
  // It takes as long to load as the AWS SDK, which is needed first.
  const loading = import('imapflow');
  return {
    async open(profile, token, deadline, folder) {
      const client = createClient((await loading).ImapFlow, endpoint, profile.address, token, deadline);
      try {
        await client.connect();
        const opened = (await openKnown(client, folder)) ?? (await openAllMail(client));
        return createSession(client, describe(opened));
      } catch (error) {
        client.close();
        throw translate(error);
      }
    },
  };
}

function createSession(client: ImapFlow, folder: FolderState): MailSession {
  return {
    folder,
    list: (from) => translated(listMail(client, folder, from)),
    fetch: (uids) => translated(fetchMails(client, uids)),
    outline: (uid) => translated(readOutline(client, uid)),
    stream: (uid) => streamTranslated(streamMail(client, uid)),
    close: () => client.close(),
  };
}

/**
 * Without a LIST: the client asks for none of a folder that it believes to know (its map of them is not in its types).
 * INBOX is looked up again: All Mail may have been shown to IMAP since.
 */
async function openKnown(client: ImapFlow, folder: string | undefined): Promise<MailboxObject | undefined> {
  if (folder === undefined || folder === 'INBOX') return undefined;
  const listed: unknown = Reflect.get(client, 'folders');
  if (!(listed instanceof Map)) return undefined;
  listed.set(folder, { path: folder, delimiter: '/', listed: true, subscribed: true });
  try {
    return await client.mailboxOpen(folder, { readOnly: true });
  } catch (error) {
    // It was renamed, as by another language of the account, or hidden from IMAP.
    listed.delete(folder);
    if (client.usable) return undefined;
    throw error;
  }
}

async function openAllMail(client: ImapFlow): Promise<MailboxObject> {
  return client.mailboxOpen(findAllMail(await client.list()), { readOnly: true });
}

/** Folder names are localised, their special use (RFC 6154) is not. */
function findAllMail(folders: readonly ListResponse[]): string {
  return folders.find((folder) => folder.specialUse === '\\All')?.path ?? 'INBOX';
}

function describe(folder: MailboxObject): FolderState {
  return { folder: folder.path, uidValidity: String(folder.uidValidity), uidNext: folder.uidNext };
}

const SUMMARY = {
  uid: true,
  internalDate: true,
  size: true,
  threadId: true,
  labels: true,
  headers: [...MATCH_HEADERS],
};

async function listMail(client: ImapFlow, folder: FolderState, from: ReadFrom): Promise<readonly MailSummary[]> {
  // UIDNEXT says that nothing has arrived: asking for it would only cost a round trip.
  if (from.kind === 'uid' && from.above + 1 >= folder.uidNext) return [];
  const range = from.kind === 'uid' ? `${from.above + 1}:*` : await searchSince(client, from.since);
  if (range === undefined) return [];
  const mails: MailSummary[] = [];
  for await (const mail of client.fetch(range, SUMMARY, { uid: true })) {
    // `n:*` returns the last message even when its UID is below n (RFC 9051 section 9, seq-range).
    if (from.kind === 'uid' && mail.uid <= from.above) continue;
    mails.push({
      uid: mail.uid,
      gmailMessageId: mail.emailId,
      gmailThreadId: mail.threadId,
      labels: [...(mail.labels ?? [])],
      receivedAt: new Date(mail.internalDate ?? 0).getTime(),
      bytes: mail.size ?? 0,
      headers: await parseHeaders(mail.headers),
    });
  }
  return mails.toSorted((one, other) => one.uid - other.uid);
}

/** SINCE knows days only, and the server's time zone decides which: a day earlier is asked for. */
async function searchSince(client: ImapFlow, since: number): Promise<string | undefined> {
  const uids = await client.search({ since: new Date(since - 86_400_000) }, { uid: true });
  return uids && uids.length > 0 ? uids.join(',') : undefined;
}

async function fetchMails(client: ImapFlow, uids: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
  const mails = new Map<number, Uint8Array>();
  for await (const { uid, source } of client.fetch(uids.join(','), { uid: true, source: true }, { uid: true })) {
    if (source !== undefined) mails.set(uid, source);
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
