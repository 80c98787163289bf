// What a schedule does: the same work for all connected mailboxes, side by side.
import type { MailboxProfile } from '../lib/core/mailbox.ts';
import type { MailboxList } from '../lib/core/ports.ts';
import { logFailure, reasonOf } from './invocation.ts';
import { inParallel } from './parallel.ts';

/** For whoever invokes the function by hand; it is logged too. */
export interface MailboxFailure {
  readonly mailbox: string;
  readonly code: string;
  readonly message: string;
}

/** One mailbox's trouble, a profile that cannot be read among it, does not keep the others from being served. */
export async function eachMailbox(
  { profiles, malformed }: MailboxList,
  sideBySide: number,
  work: (profile: MailboxProfile) => Promise<void>,
): Promise<MailboxFailure[]> {
  const failures: MailboxFailure[] = [];
  const fail = (mailbox: string, error: unknown): void => {
    logFailure(error, { mailbox });
    failures.push({ mailbox, ...reasonOf(error) });
  };
  for (const { mailbox, error } of malformed) fail(mailbox, error);
  await inParallel(profiles, sideBySide, async (profile) => {
    try {
      await work(profile);
    } catch (error) {
      fail(profile.id, error);
    }
  });
  return failures;
}
