// Disconnects a mailbox: out of the registry first, so that nobody uses it; then its grant at Google; then its secrets.
import { removeGrant } from '../../lib/aws/grant-store.ts';
import { removeProfile } from '../../lib/aws/profiles.ts';
import { MailError } from '../../lib/core/errors.ts';
import { refuseSkewedClock } from '../clock-skew.ts';
import type { Context } from '../command.ts';
import { createDeadline } from '../deadline.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { grantStoreOptions } from '../grant-store-options.ts';
import { readMailboxId } from '../mailbox-id.ts';
import { Problem } from '../problem.ts';
import { revokeGrant, sayRevocation } from './revocation.ts';

export interface DisconnectOptions {
  readonly id: string;
  readonly yes: boolean;
}

const REMOVE_MS = 60_000;

export async function disconnect(context: Context, options: DisconnectOptions): Promise<ExitCode> {
  const { terminal, now, signal } = context;
  const mailbox = readMailboxId(options.id);
  const deployment = await context.deployment();
  refuseSkewedClock(deployment);
  if (!options.yes && !(await terminal.confirm(`Disconnect ${mailbox}?`))) {
    throw new Problem('NOT_CONFIRMED', 'nothing was changed', 'answer y, or give --yes');
  }
  const wasConnected = await removeProfile(deployment.db, deployment.outputs.MailboxesTable, mailbox);
  const revocation = await terminal.during('revoking the grant at Google', () => revokeGrant(deployment, mailbox));
  // Of a mailbox that is not connected too: an earlier run may have been cut off in the middle.
  await terminal.during('deleting the secrets', () =>
    removeGrant(grantStoreOptions(deployment, now), mailbox, createDeadline(REMOVE_MS, signal)),
  );
  if (!wasConnected && revocation.kind === 'no-grant') {
    throw new MailError('MAILBOX_UNKNOWN', `mailbox ${mailbox} is not connected: see mailroom mailboxes`);
  }
  const next = `Mail that waits stays, and goes out when it is connected again: ${context.commandLine(`connect ${mailbox}`)}. What the outbox holds of it at this moment becomes a dead letter: ${context.commandLine('redrive')} after that.`;
  terminal.result(
    { kind: 'disconnected', mailbox, revocation },
    [`Disconnected ${mailbox}.`, sayRevocation(revocation), next].join('\n'),
  );
  return revocation.kind === 'failed' ? EXIT.needsPerson : EXIT.done;
}
