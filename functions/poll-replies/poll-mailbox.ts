// Reads one mailbox: headers of what is new first, then only the mail that answers us. Order of work: replies queue,
// Routed, cursor; killed anywhere, the next poll repeats what is missing and drops what is not.
import { advanceCursor, type Cursor, readFrom, startCursor } from '../../lib/core/cursor.ts';
import { MailError } from '../../lib/core/errors.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { candidatesOf, isOwnMail, type MailSummary } from '../../lib/core/matching.ts';
import { sha256 } from '../../lib/core/message-key.ts';
import type { ObjectStore, TokenSource } from '../../lib/core/ports.ts';
import type {
  FindSent,
  MailSession,
  MailSource,
  ReadingState,
  ReadLease,
  RepliesQueue,
  RoutedReplies,
} from '../../lib/core/reading-ports.ts';
import { after, type Clock, type Deadline } from '../../lib/core/time.ts';
import { readMail } from '../../lib/mime/mail-content.ts';
import { composeEvent, type Match } from './compose-event.ts';

export interface PollPorts {
  readonly tokens: TokenSource;
  readonly source: MailSource;
  readonly findSent: FindSent;
  readonly reading: ReadingState;
  readonly routed: RoutedReplies;
  readonly replies: RepliesQueue;
  readonly objects: ObjectStore;
  readonly now: Clock;
}

export interface Polled {
  readonly seen: number;
  readonly routed: number;
}

const NOTHING: Polled = { seen: 0, routed: 0 };

/** A little longer than the function may run: nobody else starts while it still can write. */
const LEASE_MS = 60_000;
/** What one mail may take, so that a poll ends between two mails and not within one. */
const MAIL_MS = 5_000;

export async function pollMailbox(ports: PollPorts, profile: MailboxProfile, deadline: Deadline): Promise<Polled> {
  const lease = await ports.reading.take(profile.id, after(ports.now(), LEASE_MS));
  if (lease === undefined) return NOTHING;
  let session: MailSession | undefined;
  let end: { polled: Polled; cursor?: Cursor } = { polled: NOTHING };
  try {
    session = await openMailbox(ports, profile, deadline);
    end = await readNew(ports, profile, session, lease, deadline);
  } finally {
    session?.close();
    await ports.reading.release(lease, end.cursor);
  }
  return end.polled;
}

/** A refused token is replaced once. */
async function openMailbox(
  { tokens, source }: PollPorts,
  profile: MailboxProfile,
  deadline: Deadline,
): Promise<MailSession> {
  const token = await tokens.current(profile.id);
  try {
    return await source.open(profile, token, deadline);
  } catch (error) {
    if (!(error instanceof MailError) || error.code !== 'AUTHENTICATION_REFUSED') throw error;
    return source.open(profile, await tokens.replace(profile.id, token), deadline);
  }
}

async function readNew(
  ports: PollPorts,
  profile: MailboxProfile,
  session: MailSession,
  { cursor }: ReadLease,
  deadline: Deadline,
): Promise<{ polled: Polled; cursor: Cursor }> {
  const { folder } = session;
  if (cursor === undefined) return { polled: NOTHING, cursor: startCursor(folder, ports.now()) };
  const mails = await session.list(readFrom(cursor, folder));
  let routed = 0;
  const seen: MailSummary[] = [];
  for (const mail of mails) {
    if (deadline.remainingMs() < MAIL_MS) break;
    if (await routeMail(ports, profile, session, mail)) routed += 1;
    seen.push(mail);
  }
  const uids = seen.map((mail) => mail.uid);
  const range = uids.length === 0 ? undefined : { lowest: Math.min(...uids), highest: Math.max(...uids) };
  const isComplete = seen.length === mails.length;
  const next = isComplete || range !== undefined ? advanceCursor(cursor, folder, range, ports.now()) : cursor;
  return { polled: { seen: seen.length, routed }, cursor: next };
}

/** Answers whether the mail was put on the replies queue. */
async function routeMail(
  ports: PollPorts,
  profile: MailboxProfile,
  session: MailSession,
  mail: MailSummary,
): Promise<boolean> {
  if (isOwnMail(mail, profile.address)) return false;
  const match = await findMatch(ports, profile, mail);
  if (match === undefined) return false;
  const id = identityOf(profile, mail);
  if (await ports.routed.has(id)) return false;
  const bytes = await session.fetch(mail.uid);
  if (bytes === undefined) return false;
  const raw = { bucket: ports.objects.bucket, key: `raw/${profile.id}/${sha256(id)}.eml` };
  await ports.objects.write(raw.key, bytes);
  await putOnQueue(ports, { id, profile, mail, match, raw }, bytes);
  await ports.routed.add(id);
  return true;
}

type Found = Parameters<typeof composeEvent>[0];

async function putOnQueue({ replies }: PollPorts, found: Found, bytes: Uint8Array): Promise<void> {
  try {
    await replies.put(composeEvent(found, await readMail(bytes)));
  } catch (error) {
    if (!(error instanceof MailError) || error.code !== 'REPLY_UNREADABLE') throw error;
    const { id, profile, raw } = found;
    await replies.putUnreadable({ id, mailbox: profile.id, raw, reason: error.message });
  }
}

async function findMatch(
  { findSent }: PollPorts,
  profile: MailboxProfile,
  mail: MailSummary,
): Promise<Match | undefined> {
  for (const { messageId, matchedBy } of candidatesOf(mail.headers)) {
    const sent = await findSent(messageId);
    if (sent?.mailbox === profile.id) return { sent, matchedBy };
  }
  return undefined;
}

/** X-GM-MSGID names a mail in all folders; elsewhere its Message-ID and the time it arrived do. */
function identityOf(profile: MailboxProfile, mail: MailSummary): string {
  const identity =
    mail.gmailMessageId ?? sha256(`${mail.headers['message-id'] ?? `uid ${mail.uid}`} ${mail.receivedAt}`);
  return `${profile.id}/${identity}`;
}
