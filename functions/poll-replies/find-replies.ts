// Which of the mails that a poll lists answer us and are not routed yet: by their headers and our tables alone.
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { candidatesOf, isOwnMail, type MailSummary } from '../../lib/core/matching.ts';
import { sha256 } from '../../lib/core/message-key.ts';
import type { FindSent, RoutedReplies } from '../../lib/core/reading-ports.ts';
import { inParallel } from '../parallel.ts';
import type { Match } from './compose-event.ts';

export interface FindPorts {
  readonly findSent: FindSent;
  readonly routed: RoutedReplies;
}

/** A mail that answers us. */
export interface Reply {
  readonly id: string;
  readonly profile: MailboxProfile;
  readonly mail: MailSummary;
  readonly match: Match;
}

const SIDE_BY_SIDE = 10;

/** In the order of the mails. */
export async function findReplies(
  ports: FindPorts,
  profile: MailboxProfile,
  mails: readonly MailSummary[],
): Promise<readonly Reply[]> {
  const found = new Map<MailSummary, Reply>();
  await inParallel(mails, SIDE_BY_SIDE, async (mail) => {
    const reply = await findReply(ports, profile, mail);
    if (reply !== undefined) found.set(mail, reply);
  });
  return mails.flatMap((mail) => found.get(mail) ?? []);
}

async function findReply(ports: FindPorts, profile: MailboxProfile, mail: MailSummary): Promise<Reply | undefined> {
  if (isOwnMail(mail, profile.address)) return undefined;
  const match = await findMatch(ports, profile, mail);
  if (match === undefined) return undefined;
  const id = identityOf(profile, mail);
  return (await ports.routed.has(id)) ? undefined : { id, profile, mail, match };
}

async function findMatch(
  { findSent }: FindPorts,
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
