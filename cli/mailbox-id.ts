// The id of a mailbox as someone types it.
import * as v from 'valibot';
import { type MailboxId, MailboxIdSchema } from '../lib/core/mailbox.ts';
import { Problem } from './problem.ts';

/** @throws Problem USAGE */
export function readMailboxId(text: string): MailboxId {
  const parsed = v.safeParse(MailboxIdSchema, text);
  if (parsed.success) return parsed.output;
  throw new Problem('USAGE', `"${text}" ${parsed.issues[0].message}`, 'name it like support or sales-eu');
}
