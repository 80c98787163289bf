// The mailbox that an argument names.
import { createRegistry } from '../lib/aws/registry.ts';
import type { MailboxProfile } from '../lib/core/mailbox.ts';
import type { Deployment } from './deployment.ts';
import { readMailboxId } from './mailbox-id.ts';

/** @throws Problem USAGE  @throws MailError MAILBOX_UNKNOWN, MAILBOX_MALFORMED */
export function findMailbox({ db, outputs }: Deployment, id: string): Promise<MailboxProfile> {
  return createRegistry(db, outputs.MailboxesTable).find(readMailboxId(id));
}
