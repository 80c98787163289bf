// Counts what was sent from a mailbox by others than us: Gmail's limits do not ask who sent it.
import { sameDomain } from '../../lib/core/address.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { isSentCopy, type MailSummary, recipientsIn } from '../../lib/core/matching.ts';
import type { FindSent } from '../../lib/core/reading-ports.ts';
import type { SentElsewhere } from '../../lib/core/sending-ports.ts';
import { after, type Clock, toEpochMs } from '../../lib/core/time.ts';
import { inParallel } from '../parallel.ts';

export interface CountPorts {
  readonly findSent: FindSent;
  readonly elsewhere: SentElsewhere;
  readonly now: Clock;
}

const SIDE_BY_SIDE = 10;
const DAY_MS = 24 * 3_600_000;

/** @param mails that no earlier poll was shown, so that each copy counts once */
export async function countElsewhere(
  { findSent, elsewhere, now }: CountPorts,
  profile: MailboxProfile,
  mails: readonly MailSummary[],
): Promise<void> {
  const since = after(now(), -DAY_MS);
  const copies = mails.filter((mail) => mail.receivedAt > since && isSentCopy(mail));
  const others: MailSummary[] = [];
  await inParallel(copies, SIDE_BY_SIDE, async (copy) => {
    const sent = await findSent(copy.headers['message-id']?.trim() ?? '');
    if (sent?.mailbox !== profile.id) others.push(copy);
  });
  if (others.length === 0) return;
  await elsewhere.count(
    profile.id,
    others.map(({ receivedAt, headers }) => {
      const recipients = recipientsIn(headers);
      const external = recipients.filter((recipient) => !sameDomain(recipient, profile.address)).length;
      return { at: toEpochMs(receivedAt), recipients: Math.max(1, recipients.length), external };
    }),
  );
}
