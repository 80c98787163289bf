// What the mailbox may send now, and what waits.
import { randomUUID } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { createHolds } from '../../lib/aws/sending-gate.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { limitsOf, roomOf } from '../../lib/core/quota.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { ok, type Verdict, warning } from './finding.ts';

const OVERDUE_MS = 10 * 60_000;
/** Nobody needs the exact number of more. */
const MOST_COUNTED = 1_000;

type Words = Pick<Context, 'now' | 'commandLine'>;

export async function checkAllowance(
  { db, outputs }: Deployment,
  profile: MailboxProfile,
  { now, commandLine }: Words,
): Promise<Verdict> {
  const state = await createHolds({ db, table: outputs.MailboxesTable, now, createNonce: randomUUID }).find(profile.id);
  const { hold, operatorHold } = state;
  if (operatorHold !== undefined && (operatorHold.until ?? Number.POSITIVE_INFINITY) > now()) {
    const { since, until, reason } = operatorHold;
    const end = until === undefined ? 'it is released' : new Date(until).toISOString();
    const finding = warning(`someone holds it until ${end}`, {
      cause: `held since ${new Date(since).toISOString()}${reason === undefined ? '' : `: ${reason}`}`,
      cure: 'let it send again, when that is over',
      command: commandLine(`release ${profile.id}`),
    });
    return { finding };
  }
  if (hold !== undefined && hold.until > now()) {
    const finding = warning(`sending is on hold until ${new Date(hold.until).toISOString()}: ${hold.code}`, {
      cause: `its mail waits since ${new Date(hold.since).toISOString()} (docs/troubleshooting.md has ${hold.code})`,
      cure: 'mend what the other checks say; one message then tries by itself, or at once',
      command: commandLine(`release ${profile.id}`),
    });
    return { finding };
  }
  const limits = limitsOf(profile);
  const room = roomOf(state, limits, now());
  if (room > 0) return { finding: ok(`may send ${room} of its ${limits.messages} messages in 24 hours`) };
  return {
    finding: warning('the quota of 24 hours is used up', {
      cause: `${limits.messages} messages were sent, by Mailroom and by others`,
      cure: 'none needed: its mail waits and goes out by itself; a second mailbox where it is so each day',
    }),
  };
}

export async function checkWaiting(
  deployment: Deployment,
  { id }: MailboxProfile,
  { now, commandLine }: Words,
): Promise<Verdict> {
  const [waiting, overdue] = await Promise.all([
    countDue(deployment, id, Number.MAX_SAFE_INTEGER),
    countDue(deployment, id, now() - OVERDUE_MS),
  ]);
  if (overdue === 0) return { finding: ok(waiting === 0 ? 'nothing waits' : `${waiting} wait for their time`) };
  return {
    finding: warning(`${overdue} of ${waiting} that wait are overdue by more than ten minutes`, {
      cause: 'the mailbox is on hold, has more to send than it may, or ReleaseWaiting does not run',
      cure: 'mend what the other checks say; docs/runbook.md, Mail is overdue',
      command: commandLine('mailboxes'),
    }),
  };
}

async function countDue({ db, outputs }: Deployment, mailbox: string, until: number): Promise<number> {
  const { Count = 0 } = await db.send(
    new QueryCommand({
      TableName: outputs.MessagesTable,
      IndexName: 'byDue',
      KeyConditionExpression: 'mailbox = :mailbox AND dueAt <= :until',
      ExpressionAttributeValues: { ':mailbox': mailbox, ':until': until },
      Select: 'COUNT',
      Limit: MOST_COUNTED,
    }),
  );
  return Count;
}
