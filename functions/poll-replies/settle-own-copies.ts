// Settles messages that may or may not have been sent by the copies of them that a poll sees.
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { isCopyOf, isSentCopy, type MailSummary } from '../../lib/core/matching.ts';
import { toEpochMs } from '../../lib/core/time.ts';
import { type SettlePorts, settleSent } from '../settle-sent.ts';

/** Answers how many were settled. */
export async function settleOwnCopies(
  ports: SettlePorts,
  profile: MailboxProfile,
  mails: readonly MailSummary[],
): Promise<number> {
  const copies = mails.filter(isSentCopy);
  if (copies.length === 0) return 0;
  let settled = 0;
  for (const message of await ports.uncertain.list(profile.id)) {
    const copy = copies.find(({ headers }) => isCopyOf(message, headers));
    if (copy === undefined) continue;
    if (await settleSent(ports, message, toEpochMs(copy.receivedAt), 'own-copy')) settled += 1;
  }
  return settled;
}
