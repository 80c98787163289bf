// Ends a mailbox's grant at Google, for whoever disconnects it: the command line may never read a grant.
import { setTimeout } from 'node:timers/promises';
import { MailError } from '../../lib/core/errors.ts';
import type { MailboxId } from '../../lib/core/mailbox.ts';
import type { GrantLease } from '../../lib/core/refresh-ports.ts';
import type { Deadline } from '../../lib/core/time.ts';
import { failureOf, type RefreshFailure, type RefreshPorts } from './refresh-tokens.ts';

export type RevokeResult = { readonly mailbox: MailboxId; readonly kind: 'revoked' | 'already-dead' } | RefreshFailure;

const WATCH_MS = 100;

/** What is stored stays: removing it is the caller's. */
export async function revokeGrant(ports: RefreshPorts, mailbox: MailboxId, deadline: Deadline): Promise<RevokeResult> {
  const { grants, endpoint } = ports;
  try {
    const lease = await waitForLease(ports, mailbox, deadline);
    try {
      return { mailbox, kind: await endpoint.revoke(await grants.read(mailbox), deadline) };
    } finally {
      await grants.giveUp(lease);
    }
  } catch (error) {
    return failureOf(mailbox, error);
  }
}

/** A refresh that is under way ends first: otherwise it would leave a token of the revoked grant behind. */
async function waitForLease({ grants }: RefreshPorts, mailbox: MailboxId, deadline: Deadline): Promise<GrantLease> {
  while (deadline.remainingMs() > 0) {
    const lease = await grants.begin(mailbox);
    if (lease !== undefined) return lease;
    await setTimeout(WATCH_MS);
  }
  throw new MailError('DEADLINE_EXCEEDED', `mailbox ${mailbox}: its grant is being refreshed: try again in a minute`);
}
