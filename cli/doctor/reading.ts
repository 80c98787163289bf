// How the functions fare who read the mailbox each minute.
import { readReading } from '../../lib/aws/reading-state.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import type { Context } from '../command.ts';
import { counted } from '../counted.ts';
import type { Deployment } from '../deployment.ts';
import { type Finding, ok, trouble, type Verdict, warning } from './finding.ts';

const MINUTE_MS = 60_000;
/** Some polls may fail, and POP3 is read each five minutes. */
const LATE_MS = { imap: 5 * MINUTE_MS, pop3: 15 * MINUTE_MS };

export async function checkPolls(
  { db, outputs }: Deployment,
  { id, protocol }: MailboxProfile,
  { now, commandLine }: Pick<Context, 'now' | 'commandLine'>,
): Promise<Verdict> {
  const { readAt, folder, failures, hold } = await readReading(db, outputs.MailboxesTable, id);
  if (hold !== undefined && hold.until > now()) {
    const finding = warning(`reading is on hold until ${new Date(hold.until).toISOString()}: ${hold.code}`, {
      cause: 'the server refused to be read, and a login each minute would only prolong it',
      cure: 'mend what the check of the login says; it is then read again by itself, or at once',
      command: commandLine(`release ${id}`),
    });
    return { finding };
  }
  if (readAt === undefined) return { finding: unread(failures) };
  const minutes = Math.round((now() - readAt) / MINUTE_MS);
  if (now() - readAt > LATE_MS[protocol]) return { finding: late(minutes, failures) };
  if (folder === 'INBOX') return { finding: inboxOnly() };
  return { finding: ok(`read ${minutes < 1 ? 'within the last minute' : `${counted(minutes, 'minute')} ago`}`) };
}

function unread(failures: number): Finding {
  if (failures > 0) return late(undefined, failures);
  return warning('was not read yet', {
    cause: 'it was connected within the last minute, or the function PollReplies does not run',
    cure: 'look again in two minutes; then at the log of PollReplies (docs/runbook.md, Mailboxes are not read)',
  });
}

function late(minutes: number | undefined, failures: number): Finding {
  const what = minutes === undefined ? 'was never read' : `was last read ${minutes} minutes ago`;
  const cause =
    failures > 0
      ? `the last ${failures} polls failed`
      : 'no poll has ended since, or the schedule of PollReplies is off';
  return trouble(what, {
    cause,
    cure: 'mend what the other checks say, or look at the log of PollReplies (docs/runbook.md, A mailbox is not read)',
  });
}

function inboxOnly(): Finding {
  return warning('the functions read the INBOX only', {
    cause: 'at the last poll All Mail was hidden from IMAP',
    cure: 'show All Mail in IMAP (docs/runbook.md, All Mail is hidden): the next poll reads it',
  });
}
