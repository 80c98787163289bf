// Lists mails by their headers, all of them: Gmail sometimes leaves some out of a FETCH of a range (mailcore2#1256), as it
// would those that are not there. Sequence numbers have no gaps (RFC 9051 section 2.3.1.2), so a gap in an answer shows it.
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import type { FolderState, ReadFrom } from '../core/cursor.ts';
import { MailError } from '../core/errors.ts';
import { parseHeaders } from '../core/header-block.ts';
import { MATCH_HEADERS, type MailSummary } from '../core/matching.ts';

const SUMMARY = {
  uid: true,
  internalDate: true,
  size: true,
  threadId: true,
  labels: true,
  headers: [...MATCH_HEADERS],
};
/** How often what was left out is asked for again; the next polls ask again for what is still missing. */
const ROUNDS = 3;
/** Looked at below the first mail of an answer, where the last mail of the poll before did not come with it. */
const BELOW = 20;

/** In one command: its line has a limit at every server (RFC 9051 section 4, 8192 octets are asked for). */
const NAMED_AT_ONCE = 500;

/** By UID: an answer may name a mail twice. */
type Listed = Map<number, FetchMessageObject>;

/** In the order of their UIDs. */
export async function listMails(
  client: ImapFlow,
  folder: FolderState,
  from: ReadFrom,
): Promise<readonly MailSummary[]> {
  const listed =
    from.kind === 'uid' ? await listAbove(client, folder, from.above) : await listSince(client, from.since);
  const mails = [...listed.values()].toSorted((one, other) => one.uid - other.uid);
  return Promise.all(mails.map(summarise));
}

async function listAbove(client: ImapFlow, folder: FolderState, above: number): Promise<Listed> {
  // UIDNEXT says that nothing has arrived: asking for it would only cost a round trip.
  if (above + 1 >= folder.uidNext) return new Map();
  // From the last known mail on: where it comes along, nothing is missing between it and the next.
  const listed = await fetchSummaries(client, `${Math.max(above, 1)}:*`, true);
  for (let round = 0; round < ROUNDS; round += 1) {
    const missing = missingIn(listed, existing(client), above);
    if (missing.length === 0) break;
    for (const [uid, mail] of await fetchSummaries(client, missing.join(','), false)) listed.set(uid, mail);
  }
  // `n:*` returns the last mail even where its UID is below n (section 9, seq-range).
  for (const uid of listed.keys()) if (uid <= above) listed.delete(uid);
  return listed;
}

/** Sequence numbers that should have come with these mails. */
function missingIn(listed: Listed, exists: number, above: number): number[] {
  const found = new Set<number>();
  let lowest = exists + 1;
  let isKnownAmong = false;
  for (const { seq, uid } of listed.values()) {
    found.add(seq);
    lowest = Math.min(lowest, seq);
    isKnownAmong ||= uid <= above;
  }
  const from = isKnownAmong ? lowest : Math.max(1, lowest - BELOW);
  return Array.from({ length: Math.max(0, exists - from + 1) }, (_, index) => from + index).filter(
    (seq) => !found.has(seq),
  );
}

function existing(client: ImapFlow): number {
  return client.mailbox === false ? 0 : client.mailbox.exists;
}

/** SINCE knows days only, and the server's time zone decides which: a day earlier is asked for. */
async function listSince(client: ImapFlow, since: number): Promise<Listed> {
  const uids = await client.search({ since: new Date(since - 86_400_000) }, { uid: true });
  // Refused, or the connection is gone: no search is not no mail.
  if (!Array.isArray(uids)) throw new MailError('IMAP_REFUSED', 'the IMAP server made no search by date');
  const listed: Listed = new Map();
  for (let round = 0; round < ROUNDS; round += 1) {
    const missing = uids.filter((uid) => !listed.has(uid));
    if (missing.length === 0) break;
    for (let from = 0; from < missing.length; from += NAMED_AT_ONCE) {
      const range = missing.slice(from, from + NAMED_AT_ONCE).join(',');
      for (const [uid, mail] of await fetchSummaries(client, range, true)) listed.set(uid, mail);
    }
  }
  return listed;
}

async function fetchSummaries(client: ImapFlow, range: string, uid: boolean): Promise<Listed> {
  const listed: Listed = new Map();
  for await (const mail of client.fetch(range, SUMMARY, { uid })) listed.set(mail.uid, mail);
  return listed;
}

async function summarise(mail: FetchMessageObject): Promise<MailSummary> {
  return {
    uid: mail.uid,
    gmailMessageId: mail.emailId,
    gmailThreadId: mail.threadId,
    labels: [...(mail.labels ?? [])],
    receivedAt: new Date(mail.internalDate ?? 0).getTime(),
    bytes: mail.size ?? 0,
    headers: await parseHeaders(mail.headers),
  };
}
