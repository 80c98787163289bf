// Reads one mailbox: headers of what is new first, then only the mail that answers us. Killed anywhere, the next poll
// repeats what is missing and drops what is not.
import { advanceCursor, type Cursor, readFrom, startCursor } from '../../lib/core/cursor.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import type { MailSummary } from '../../lib/core/matching.ts';
import type { ObjectStore, TokenSource } from '../../lib/core/ports.ts';
import type { MailSession, MailSource, ReadingState, ReadLease } from '../../lib/core/reading-ports.ts';
import { after, type Deadline } from '../../lib/core/time.ts';
import type { SettlePorts } from '../settle-sent.ts';
import { withToken } from '../with-token.ts';
import { type CountPorts, countElsewhere } from './count-elsewhere.ts';
import { type FindPorts, findReplies } from './find-replies.ts';
import { fetchBatches, MAIL_MS, type RoutePorts, routeReply } from './route-reply.ts';
import { settleOwnCopies } from './settle-own-copies.ts';

export interface PollPorts extends FindPorts, RoutePorts, SettlePorts, CountPorts {
  readonly objects: ObjectStore;
  readonly tokens: TokenSource;
  readonly source: MailSource;
  readonly reading: ReadingState;
}

export interface Polled {
  readonly seen: number;
  readonly routed: number;
  /** Messages that turned out to have been sent. */
  readonly settled: number;
}

const NOTHING: Polled = { seen: 0, routed: 0, settled: 0 };

/** A little longer than the function may run: nobody else starts while it still can write. */
const LEASE_MS = 60_000;
/** Looked up together before the first of them is fetched, so that a flood of mail still makes headway poll by poll. */
const LOOKED_UP = 200;

export async function pollMailbox(ports: PollPorts, profile: MailboxProfile, deadline: Deadline): Promise<Polled> {
  const lease = await ports.reading.take(profile.id, after(ports.now(), LEASE_MS));
  if (lease === undefined) return NOTHING;
  let session: MailSession | undefined;
  let end: { polled: Polled; cursor?: Cursor } = { polled: NOTHING };
  try {
    session = await withToken(ports.tokens, profile.id, (token) =>
      ports.source.open(profile, token, deadline, lease.cursor?.folder),
    );
    end = await readNew(ports, profile, session, lease, deadline);
  } finally {
    session?.close();
    await ports.reading.release(lease, end.cursor);
  }
  return end.polled;
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
  let polled = { ...NOTHING, settled: await settleOwnCopies(ports, profile, mails) };
  for (let from = 0; from < mails.length && polled.seen === from; from += LOOKED_UP) {
    const { seen, routed } = await routeMails(ports, profile, session, mails.slice(from, from + LOOKED_UP), deadline);
    polled = { ...polled, seen: polled.seen + seen, routed: polled.routed + routed };
  }
  // Last, so that no reply waits for it; and what the cursor does not pass the next poll counts.
  if (cursor.folder === folder.folder && cursor.uidValidity === folder.uidValidity) {
    await countElsewhere(ports, profile, cursor, mails.slice(0, polled.seen));
  }
  const [first, last] = [mails[0], mails[polled.seen - 1]];
  const range = first && last && { lowest: first.uid, highest: last.uid };
  const isComplete = polled.seen === mails.length;
  const next = isComplete || range !== undefined ? advanceCursor(cursor, folder, range, ports.now()) : cursor;
  return { polled, cursor: next };
}

/** Answers how many of the mails, from the first on, are done with: others, and what is routed. */
async function routeMails(
  ports: PollPorts,
  profile: MailboxProfile,
  session: MailSession,
  mails: readonly MailSummary[],
  deadline: Deadline,
): Promise<Omit<Polled, 'settled'>> {
  const replies = await findReplies(ports, profile, mails);
  let routed = 0;
  for await (const { reply, bytes } of fetchBatches(session, replies)) {
    if (deadline.remainingMs() < MAIL_MS) return { seen: mails.indexOf(reply.mail), routed };
    if (await routeReply(ports, session, reply, bytes)) routed += 1;
  }
  return { seen: mails.length, routed };
}
