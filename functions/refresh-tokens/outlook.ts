// What is to be expected of the grants: counted for the alarms, and told to people where a mailbox needs one of them.

import type { MailboxId } from '../../lib/core/mailbox.ts';
import { isToAnnounce, type MailboxTrouble, troubleOf } from '../../lib/core/mailbox-trouble.ts';
import { type Prognosis, prognose } from '../../lib/core/prognosis.ts';
import type { Grants, MailboxEvents } from '../../lib/core/refresh-ports.ts';
import type { Clock, Deadline } from '../../lib/core/time.ts';
import { logFailure } from '../invocation.ts';
import { inParallel } from '../parallel.ts';

export interface OutlookPorts {
  readonly grants: Grants;
  readonly events: MailboxEvents;
  readonly now: Clock;
}

export interface Outlook {
  readonly prognosis: Prognosis;
  /** What people have not been told yet, or not for a day. */
  readonly trouble: MailboxTrouble | undefined;
}

const SIDE_BY_SIDE = 20;

export async function lookAhead({ grants, now }: OutlookPorts, mailbox: MailboxId): Promise<Outlook> {
  const health = await grants.health(mailbox);
  const prognosis = prognose(mailbox, health, now());
  const trouble = troubleOf(mailbox, prognosis);
  const isDue = trouble !== undefined && isToAnnounce(trouble, health, now());
  return { prognosis, trouble: isDue ? trouble : undefined };
}

/** Tells people what they have not been told yet. */
export async function announce(ports: OutlookPorts, outlooks: readonly Outlook[], deadline: Deadline): Promise<void> {
  const troubles = outlooks.flatMap(({ trouble }) => (trouble === undefined ? [] : [trouble]));
  await inParallel(troubles, SIDE_BY_SIDE, async (trouble) => {
    if (!deadline.signal.aborted) await orByTheNextRun(trouble.mailbox, () => tell(ports, trouble, deadline));
  });
}

/** The same for one mailbox, when it has failed. */
export async function announceOf(ports: OutlookPorts, mailbox: MailboxId, deadline: Deadline): Promise<void> {
  await orByTheNextRun(mailbox, async () => {
    const { trouble } = await lookAhead(ports, mailbox);
    if (trouble !== undefined) await tell(ports, trouble, deadline);
  });
}

async function tell({ events, grants }: OutlookPorts, trouble: MailboxTrouble, deadline: Deadline): Promise<void> {
  await events.announce(trouble, deadline);
  await grants.noteAnnounced(trouble.mailbox, trouble.code);
}

/** Tokens are worth more than news of them: what cannot be told now is told by the next run. */
async function orByTheNextRun(mailbox: MailboxId, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    logFailure(error, { mailbox });
  }
}

/** For the alarms. */
export function countOutlooks(outlooks: readonly Outlook[]): { needingPerson: number; daysLeft: number | undefined } {
  const ends = outlooks.flatMap(({ prognosis }) => (prognosis.kind === 'ends' ? [prognosis.daysLeft] : []));
  const needingPerson = outlooks.filter(({ prognosis }) => prognosis.kind === 'needs-person').length;
  return { needingPerson, daysLeft: ends.length === 0 ? undefined : Math.min(...ends) };
}
