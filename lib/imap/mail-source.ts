// IMAP to Gmail by imapflow: All Mail where there is one, opened read-only, so that no flag ever changes.
import { ImapFlow, type ListResponse, type MailboxObject } from 'imapflow';
import type { FolderState, ReadFrom } from '../core/cursor.ts';
import { MATCH_HEADERS, type MailSummary } from '../core/matching.ts';
import type { MailSession, MailSource } from '../core/reading-ports.ts';
import type { Deadline } from '../core/time.ts';
import { parseHeaders } from './header-block.ts';
import { translate } from './imap-errors.ts';

export interface ImapEndpoint {
  readonly host: string;
  readonly port: number;
}

const CONNECT_MS = 10_000;

export function createMailSource(endpoint: ImapEndpoint): MailSource {
  return {
    async open(profile, token, deadline) {
      const client = createClient(
        endpoint,
        { user: profile.address, accessToken: token.accessToken.reveal() },
        deadline,
      );
      try {
        await client.connect();
        const folder = await client.mailboxOpen(findAllMail(await client.list()), { readOnly: true });
        return createSession(client, describe(folder));
      } catch (error) {
        client.close();
        throw translate(error);
      }
    },
  };
}

function createClient(
  endpoint: ImapEndpoint,
  auth: { user: string; accessToken: string },
  deadline: Deadline,
): ImapFlow {
  const wait = Math.max(1, Math.min(CONNECT_MS, deadline.remainingMs()));
  const client = new ImapFlow({
    ...endpoint,
    auth,
    secure: true,
    logger: false,
    // Two round trips that a poll has no use for.
    disableAutoEnable: true,
    disableAutoIdle: true,
    connectionTimeout: wait,
    greetingTimeout: wait,
    socketTimeout: Math.max(1, deadline.remainingMs()),
    tls: { minVersion: 'TLSv1.2' },
  });
  // What is waiting at that moment is rejected with the same error; without a listener the process would end.
  client.on('error', () => undefined);
  deadline.signal.addEventListener('abort', () => client.close(), { once: true });
  return client;
}

function createSession(client: ImapFlow, folder: FolderState): MailSession {
  return {
    folder,
    list: (from) => translated(listMail(client, from)),
    fetch: (uid) => translated(fetchMail(client, uid)),
    close: () => client.close(),
  };
}

/** Folder names are localised, their special use (RFC 6154) is not. */
function findAllMail(folders: readonly ListResponse[]): string {
  return folders.find((folder) => folder.specialUse === '\\All')?.path ?? 'INBOX';
}

function describe(folder: MailboxObject): FolderState {
  return { folder: folder.path, uidValidity: String(folder.uidValidity), uidNext: folder.uidNext };
}

async function listMail(client: ImapFlow, from: ReadFrom): Promise<readonly MailSummary[]> {
  const range = from.kind === 'uid' ? `${from.above + 1}:*` : await searchSince(client, from.since);
  if (range === undefined) return [];
  const query = { uid: true, internalDate: true, threadId: true, labels: true, headers: [...MATCH_HEADERS] };
  const mails: MailSummary[] = [];
  for await (const mail of client.fetch(range, query, { uid: true })) {
    // `n:*` returns the last message even when its UID is below n (RFC 9051 section 9, seq-range).
    if (from.kind === 'uid' && mail.uid <= from.above) continue;
    mails.push({
      uid: mail.uid,
      gmailMessageId: mail.emailId,
      gmailThreadId: mail.threadId,
      labels: [...(mail.labels ?? [])],
      receivedAt: new Date(mail.internalDate ?? 0).getTime(),
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

async function fetchMail(client: ImapFlow, uid: number): Promise<Uint8Array | undefined> {
  const mail = await client.fetchOne(String(uid), { uid: true, source: true }, { uid: true });
  return mail ? mail.source : undefined;
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw translate(error);
  }
}
