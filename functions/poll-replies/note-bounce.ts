// What a bounce changes: a recipient is marked, or the mailbox held. Anybody can write a bounce, so only one counts that is
// proven to come from Gmail or from the domain that refused.
import { isWithinDomain, sameAddress } from '../../lib/core/address.ts';
import type { MailContent } from '../../lib/core/mail-content.ts';
import type { BounceMarks, SendingHolds, SentMessage } from '../../lib/core/reading-ports.ts';
import type { ReplyEvent } from '../../lib/core/reply.ts';
import { type Clock, toEpochMs } from '../../lib/core/time.ts';
import type { Reply } from './find-replies.ts';

export interface BouncePorts {
  readonly bounces: BounceMarks;
  readonly sendingHolds: SendingHolds;
  readonly now: Clock;
}

/** Gmail counts what was sent in a day, and blocks for as long: what a replay or a late audit reads of before is over. */
const LIMIT_LASTS_MS = 24 * 3_600_000;

/** Gmail's own notifications come from these. */
const GMAIL_DAEMON = /^mailer-daemon@(?:googlemail|google)\.com$/i;
/** Under these no provider lets its customers write: all who have an address at gmail.com are proven to be of gmail.com. */
const MAIL_SERVER = /^(?:mailer-daemon|postmaster|microsoftexchange[\da-f]{32})@/i;

/** The part of an event that only bounces have. */
export function bounceOf(
  { deliveryStatus, authentication, from }: MailContent,
  sent: SentMessage,
): ReplyEvent['bounce'] {
  if (deliveryStatus === undefined) return undefined;
  const server =
    authentication.authenticated === true && from !== null && MAIL_SERVER.test(from.address) && from.address;
  return {
    recipients: deliveryStatus.recipients.map((recipient) => ({
      ...recipient,
      wasRecipient: sent.recipients.some((address) => sameAddress(address, recipient.address)),
      isTrusted: server !== false && (GMAIL_DAEMON.test(server) || isWithinDomain(server, recipient.address)),
    })),
  };
}

export async function noteBounce(
  { bounces, sendingHolds, now }: BouncePorts,
  { id, profile, match: { sent } }: Pick<Reply, 'id' | 'profile'> & { match: { sent: SentMessage } },
  { bounce, from, receivedAt }: ReplyEvent,
): Promise<void> {
  const trusted = bounce?.recipients.filter(({ isTrusted }) => isTrusted) ?? [];
  // What the mailbox may send only Gmail knows: any other domain would say so to stop us.
  const mayLimit = GMAIL_DAEMON.test(from?.address ?? '') && now() - receivedAt < LIMIT_LASTS_MS;
  if (mayLimit && trusted.some(({ type }) => type === 'limit')) await sendingHolds.hold(profile.id, 'QUOTA_EXCEEDED');
  const marked = trusted.flatMap(({ address, type, status, action }) => {
    const recipient = sent.recipients.find((ours) => sameAddress(ours, address));
    if (recipient === undefined || type === 'limit' || (action !== 'failed' && action !== 'delayed')) return [];
    return [{ recipient, type, status, at: toEpochMs(receivedAt) }];
  });
  if (sent.key !== undefined && marked.length > 0) await bounces.mark(sent.key, id, marked);
}
