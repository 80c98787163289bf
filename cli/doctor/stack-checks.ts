// What is checked once, whatever mailboxes there are.
import { createRegistry } from '../../lib/aws/registry.ts';
import type { MailboxList } from '../../lib/core/ports.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { begin, type Check } from './check.ts';
import { checkAuthorisationServer, checkClock } from './clock.ts';
import { ok, type Verdict, warning } from './finding.ts';
import { checkOtherMailrooms, type OtherMailrooms } from './other-mailrooms.ts';
import { checkQueue } from './queues.ts';

export interface StackChecks {
  readonly all: readonly Check[];
  readonly mailboxes: Check<MailboxList>;
  readonly others: Check<OtherMailrooms>;
}

export function beginStackChecks(deployment: Deployment, { commandLine }: Context): StackChecks {
  const { stackName } = deployment;
  const authorisation = begin('authorisation-server', () => checkAuthorisationServer(deployment));
  const mailboxes = begin('mailboxes', () => listMailboxes(deployment, commandLine));
  const others = begin('other-mailrooms', () => checkOtherMailrooms(deployment));
  const all = [
    begin('stack', async () => ({ finding: ok(`${stackName} is there, with all its outputs`) })),
    authorisation,
    begin('clock', async (need) => checkClock(deployment, await need(authorisation))),
    begin('outbox', () => checkQueue(deployment, 'outbox', commandLine)),
    begin('replies', () => checkQueue(deployment, 'replies', commandLine)),
    others,
    mailboxes,
  ];
  return { all, mailboxes, others };
}

async function listMailboxes(
  { db, outputs }: Deployment,
  commandLine: Context['commandLine'],
): Promise<Verdict<MailboxList>> {
  const list = await createRegistry(db, outputs.MailboxesTable).list();
  const count = list.profiles.length + list.malformed.length;
  if (count > 0) return { finding: ok(count === 1 ? 'one is connected' : `${count} are connected`), facts: list };
  const finding = warning('no mailbox is connected', {
    cause: 'none was connected yet, or all were disconnected',
    cure: 'connect the first',
    command: commandLine('connect support'),
  });
  return { finding, facts: list };
}
