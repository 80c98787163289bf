// Invoked every minute: reads all mailboxes side by side.
import { eachMailbox, type MailboxFailure } from '../each-mailbox.ts';
import { PollRepliesEnvironment, parseEnvironment } from '../env.ts';
import { entry, logger } from '../invocation.ts';
import { pollMailbox } from './poll-mailbox.ts';
import { createPollPorts } from './poll-ports.ts';

const SIDE_BY_SIDE = 50;

/** What a run did, for whoever invokes it by hand. */
interface PollSummary {
  readonly seen: number;
  readonly routed: number;
  readonly copied: number;
  readonly settled: number;
  /** Mailboxes that hide All Mail from IMAP: what is archived at once is not seen there. */
  readonly allMailHidden: readonly string[];
  readonly failures: readonly MailboxFailure[];
}

const ports = createPollPorts(parseEnvironment(PollRepliesEnvironment));

export const handler = entry(async (_event, deadline): Promise<PollSummary> => {
  const total = { seen: 0, routed: 0, copied: 0, settled: 0 };
  const allMailHidden: string[] = [];
  const failures = await eachMailbox(ports.registry, SIDE_BY_SIDE, async (profile) => {
    const polled = await pollMailbox(ports, profile, deadline);
    total.seen += polled.seen;
    total.routed += polled.routed;
    total.copied += polled.copied;
    total.settled += polled.settled;
    if (polled.isAllMailHidden) allMailHidden.push(profile.id);
  });
  logger.info('polled mailboxes', { ...total, allMailHidden, failures: failures.length });
  return { ...total, allMailHidden, failures };
}, 12_000);
