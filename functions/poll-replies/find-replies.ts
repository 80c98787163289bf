// Which of the mails that a poll lists concern us and are not routed yet: by their headers, our tables, and Gmail's threads.
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import {
  candidatesOf,
  isDraft,
  isLikelyBounce,
  isSentCopy,
  type MailSummary,
  threadToSearch,
} from '../../lib/core/matching.ts';
import { looksLikeOurs, looksMade, sha256 } from '../../lib/core/message-key.ts';
import type { FindSent, MailFolder, RoutedReplies, Routing, SentMessage } from '../../lib/core/reading-ports.ts';
import type { ReplyEvent } from '../../lib/core/reply.ts';
import { messageIdsIn } from '../../lib/core/thread.ts';
import { mapParallel } from '../parallel.ts';

export interface FindPorts {
  readonly findSent: FindSent;
  readonly routed: RoutedReplies;
}

/** How a mail was found to answer one of our messages. */
export interface Match {
  readonly sent: SentMessage;
  readonly matchedBy: ReplyEvent['matchedBy'];
}

/** A mail that answers us, or may: a bounce names its message within. */
export interface Reply {
  readonly id: string;
  /** Its id where it is read another way; undefined where it has one id only. */
  readonly otherId: string | undefined;
  readonly profile: MailboxProfile;
  readonly mail: MailSummary;
  readonly isSpam: boolean;
  /** Someone answered from the mailbox itself, in a mail client. */
  readonly isByHand: boolean;
  readonly mayBounce: boolean;
  readonly match: Match | undefined;
  readonly routing: Routing | undefined;
}

type Unrouted = Omit<Reply, 'id' | 'otherId' | 'routing'>;

const SIDE_BY_SIDE = 10;

/** In the order of the mails. */
export async function findReplies(
  ports: FindPorts,
  profile: MailboxProfile,
  folder: MailFolder,
  mails: readonly MailSummary[],
): Promise<readonly Reply[]> {
  const judged = await mapParallel(mails, SIDE_BY_SIDE, (mail) => judge(ports.findSent, profile, folder, mail));
  const threads = judged.flatMap((reply) => searchedThread(folder, reply) ?? []);
  const ours = await findOurs(ports.findSent, profile, folder, [...new Set(threads)]);
  return mapParallel(judged, SIDE_BY_SIDE, async (reply) => {
    const thread = searchedThread(folder, reply);
    const sent = thread === undefined ? undefined : ours.get(thread);
    const match: Match | undefined = sent
      ? { sent, matchedBy: 'thread' }
      : (reply.match ?? (await forgotten(ports.findSent, profile, reply)));
    if (match === undefined && !reply.mayBounce) return undefined;
    const ids = idsOf(profile, reply.mail);
    const routing = await ports.routed.find(ids.id);
    const isKnown =
      isRouted(routing) ||
      (routing === 'unrelated' && match === undefined) ||
      (await wasRoutedByPop3(ports, routing, ids));
    return isKnown ? undefined : { ...reply, ...ids, match, routing };
  });
}

/** Undefined where it cannot concern us. */
async function judge(
  findSent: FindSent,
  profile: MailboxProfile,
  folder: MailFolder,
  mail: MailSummary,
): Promise<Unrouted | undefined> {
  if (isDraft(mail)) return undefined;
  const isOwn = isSentCopy(mail);
  const messageId = mail.headers['message-id']?.trim() ?? '';
  // What Mailroom sent itself, an answer among it, answers nobody; an alias may be its sender.
  if (looksMade(messageId) && (await findSent(messageId))?.mailbox === profile.id) return undefined;
  const match = await findMatch(findSent, profile, mail);
  const mayBounce = !isOwn && isLikelyBounce(mail.headers);
  return { profile, mail, isSpam: folder.kind === 'spam', isByHand: isOwn, mayBounce, match };
}

async function findMatch(findSent: FindSent, profile: MailboxProfile, mail: MailSummary): Promise<Match | undefined> {
  for (const { messageId, matchedBy } of candidatesOf(mail.headers)) {
    const sent = await findSent(messageId);
    if (sent?.mailbox === profile.id) return { sent, matchedBy };
  }
  return undefined;
}

/**
 * Spam holds no threads of ours, and what someone wrote by hand without naming a mail is a new conversation. What is read
 * anew was searched for when it was new.
 */
function searchedThread(folder: MailFolder, { match, isByHand, mail }: Unrouted): string | undefined {
  if (folder.kind === 'spam' || match !== undefined || isByHand || folder.isNew(mail) === false) return undefined;
  return threadToSearch(mail);
}

/** Of each thread that holds exactly one of our messages, that one. */
async function findOurs(
  findSent: FindSent,
  profile: MailboxProfile,
  folder: MailFolder,
  threads: readonly string[],
): Promise<ReadonlyMap<string, SentMessage>> {
  const ours = new Map<string, SentMessage>();
  if (threads.length === 0) return ours;
  for (const [thread, messageIds] of await folder.messageIdsOf(threads)) {
    // All of them: one that is left out would make another one the only one.
    const sent = await mapParallel([...new Set(messageIds)].filter(looksMade), SIDE_BY_SIDE, findSent);
    const [only, ...others] = sent.filter((message) => message?.mailbox === profile.id);
    if (only !== undefined && others.length === 0) ours.set(thread, only);
  }
  return ours;
}

async function forgotten(
  findSent: FindSent,
  profile: MailboxProfile,
  { mail, isByHand }: Unrouted,
): Promise<Match | undefined> {
  if (isByHand) return undefined;
  for (const { messageId, matchedBy } of candidatesOf(mail.headers)) {
    const sent = await findForgotten(findSent, profile, messageId, messageIdsIn(mail.headers.references)[0]);
    if (sent !== undefined) return { sent, matchedBy };
  }
  return undefined;
}

/** A message of ours that is no longer kept: what names it is still an answer, though to what nobody can say. */
export async function findForgotten(
  findSent: FindSent,
  { id: mailbox, address }: MailboxProfile,
  messageId: string,
  thread = messageId,
): Promise<SentMessage | undefined> {
  if (!looksLikeOurs(messageId, address) || (await findSent(messageId)) !== undefined) return undefined;
  return { mailbox, messageId, thread, context: null, sentAt: null, recipients: [] };
}

function isRouted(routing: Routing | undefined): boolean {
  return routing === 'done' || routing === 'under-its-own';
}

/** Of two mails under one Message-ID Gmail makes two, and routed under its own id one of them says nothing of the other. */
async function wasRoutedByPop3(
  { routed }: FindPorts,
  routing: Routing | undefined,
  { otherId }: Pick<Reply, 'otherId'>,
): Promise<boolean> {
  if (routing !== undefined || otherId === undefined) return false;
  const other = await routed.find(otherId);
  return other === 'done' || other === 'copying';
}

/**
 * X-GM-MSGID names a mail in all folders; elsewhere its Message-ID and Date do, which no move and no new UID changes. By
 * those it is known when the mailbox is read by POP3 one day.
 */
function idsOf(
  { id: mailbox }: MailboxProfile,
  { gmailMessageId, uidl, uid, receivedAt, headers }: MailSummary,
): Pick<Reply, 'id' | 'otherId'> {
  const { 'message-id': messageId, date } = headers;
  const named =
    messageId === undefined ? (uidl ?? `uid ${uid} ${receivedAt}`) : `${messageId.trim()} ${date?.trim() ?? ''}`;
  const hashed = `${mailbox}/${sha256(named)}`;
  if (gmailMessageId === undefined) return { id: hashed, otherId: undefined };
  return { id: `${mailbox}/${gmailMessageId}`, otherId: messageId === undefined ? undefined : hashed };
}
