// Invoked once a day: compares what the last days brought with what was routed, and routes what is missing. Invoked by hand
// with `{replay: {mailbox, since}}`: routes everything since then again, for a consumer that has lost its events.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import * as v from 'valibot';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import { toEpochMs } from '../../lib/core/time.ts';
import { eachMailbox, type MailboxFailure } from '../each-mailbox.ts';
import { PollRepliesEnvironment, parseEnvironment } from '../env.ts';
import { entry, logger } from '../invocation.ts';
import { auditMailbox, replayMailbox } from './audit-mailbox.ts';
import { createPollPorts } from './poll-ports.ts';

const SIDE_BY_SIDE = 5;

const AuditEventSchema = v.object({
  replay: v.optional(
    v.object({
      mailbox: MailboxIdSchema,
      /** Milliseconds since 1970. */
      since: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.transform(toEpochMs)),
    }),
  ),
});

/** What a run did, for whoever invokes it by hand. */
interface AuditSummary {
  /** Mails that were looked at. */
  readonly seen: number;
  /** Events that polls had missed; of a replay, all events. */
  readonly routed: number;
  /** Large mails whose raw bytes have come into the bucket only now. */
  readonly copied: number;
  /** Mails for which the time was too short: replay them from a later date; an audit looks at them the next day. */
  readonly left: number;
  readonly failures: readonly MailboxFailure[];
}

const environment = parseEnvironment(PollRepliesEnvironment);
const ports = createPollPorts(environment);
const metrics = new Metrics({ namespace: 'Mailroom', serviceName: environment.STACK });

export const handler = entry(async (event, deadline): Promise<AuditSummary> => {
  const { replay } = parse(AuditEventSchema, event ?? {}, 'EVENT_INVALID', 'event of audit');
  if (replay !== undefined) {
    const read = await replayMailbox(ports, await ports.registry.find(replay.mailbox), replay.since, deadline);
    return { ...read, failures: [] };
  }
  const total = { seen: 0, routed: 0, copied: 0, left: 0 };
  const failures = await eachMailbox(await ports.registry.list(), SIDE_BY_SIDE, async (profile) => {
    const { seen, routed, copied, left } = await auditMailbox(ports, profile, deadline);
    total.seen += seen;
    total.routed += routed;
    total.copied += copied;
    total.left += left;
    if (routed > 0) logger.warn('an audit found replies that polls had missed', { mailbox: profile.id, routed });
  });
  metrics.addMetric('MissedReplies', MetricUnit.Count, total.routed);
  metrics.publishStoredMetrics();
  logger.info('audited mailboxes', { ...total, failures: failures.length });
  return { ...total, failures };
}, 20_000);
