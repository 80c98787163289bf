// The mailbox that an argument names.
import { createRegistry } from '../lib/aws/registry.ts';
import { type MailboxId, MailboxIdSchema, type MailboxProfile } from '../lib/core/mailbox.ts';
import { parse } from '../lib/core/parse.ts';
import type { Deployment } from './deployment.ts';

/** @throws MailError REQUEST_INVALID, MAILBOX_UNKNOWN, MAILBOX_MALFORMED */
export function findMailbox({ db, outputs }: Deployment, id: string): Promise<MailboxProfile> {
  return createRegistry(db, outputs.MailboxesTable).find(parseMailboxId(id));
}

/** @throws MailError REQUEST_INVALID */
export function parseMailboxId(id: string): MailboxId {
  return parse(MailboxIdSchema, id, 'REQUEST_INVALID', 'mailbox');
}
