// Invoked every minute: reads all mailboxes side by side.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { createSliceRuns } from '../../lib/aws/slice-runs.ts';
import { eachMailbox, type MailboxFailure } from '../each-mailbox.ts';
import { LambdaEnvironment, PollRepliesEnvironment, parseEnvironment } from '../env.ts';
import { entry, logFailure, logger, reasonOf } from '../invocation.ts';
import { pollMailbox } from './poll-mailbox.ts';
import { createPollPorts } from './poll-ports.ts';
import { SLICE, sliceMailboxes } from './slices.ts';

/** What a run did, for whoever invokes it by hand. */
interface PollSummary {
  readonly seen: number;
  readonly routed: number;
  readonly copied: number;
  readonly settled: number;
  /** Mailboxes that refused to be read and are left alone for a while, each with the code of the reason. */
  readonly held: readonly { readonly mailbox: string; readonly code: string }[];
  /** Mailboxes that hide All Mail from IMAP: what is archived at once is not seen there. */
  readonly allMailHidden: readonly string[];
  /** Runs that were started for further mailboxes. */
  readonly slices: number;
  readonly failures: readonly MailboxFailure[];
}

const environment = parseEnvironment(PollRepliesEnvironment);
const ports = createPollPorts(environment);
const runs = createSliceRuns(parseEnvironment(LambdaEnvironment).AWS_LAMBDA_FUNCTION_NAME);
const metrics = new Metrics({ namespace: 'Mailroom', serviceName: environment.STACK });

export const handler = entry(async (event, deadline): Promise<PollSummary> => {
  const { own, others } = sliceMailboxes(event, await ports.registry.list());
  const started = startRuns(others);
  const total = { seen: 0, routed: 0, copied: 0, settled: 0 };
  const held: { mailbox: string; code: string }[] = [];
  const allMailHidden: string[] = [];
  const failures = await eachMailbox(own, SLICE, async (profile) => {
    const polled = await pollMailbox(ports, profile, deadline);
    if (polled.kind === 'held') held.push({ mailbox: profile.id, code: polled.code });
    if (polled.kind !== 'read') return;
    total.seen += polled.seen;
    total.routed += polled.routed;
    total.copied += polled.copied;
    total.settled += polled.settled;
    if (polled.isAllMailHidden) allMailHidden.push(profile.id);
  });
  const { slices, unread } = await started;
  failures.push(...unread);
  logger.info('polled mailboxes', { ...total, held, allMailHidden, slices, failures: failures.length });
  publish({ unread: failures.length + held.length, hidden: allMailHidden.length });
  return { ...total, held, allMailHidden, slices, failures };
}, 12_000);

/** A run that cannot be started keeps no other mailbox from being read. Answers how many were, and who is not read. */
async function startRuns(
  others: readonly (readonly string[])[],
): Promise<{ slices: number; unread: readonly MailboxFailure[] }> {
  const unread: MailboxFailure[] = [];
  let slices = 0;
  const start = async (mailboxes: readonly string[]): Promise<void> => {
    try {
      await runs.start(mailboxes);
      slices += 1;
    } catch (error) {
      logFailure(error, { mailboxes: mailboxes.length });
      unread.push(...mailboxes.map((mailbox) => ({ mailbox, ...reasonOf(error) })));
    }
  };
  await Promise.all(others.map(start));
  return { slices, unread };
}

/** Into the log, from where CloudWatch takes them: infra/alarms.ts watches them. */
function publish({ unread, hidden }: { unread: number; hidden: number }): void {
  metrics.addMetric('Polls', MetricUnit.Count, 1);
  metrics.addMetric('UnreadMailboxes', MetricUnit.Count, unread);
  metrics.addMetric('HiddenAllMail', MetricUnit.Count, hidden);
  metrics.publishStoredMetrics();
}
