// A mailbox: one Gmail address that mail is sent from and read in, and what the registry says of it.
import * as v from 'valibot';
import { EmailAddressSchema, HeaderTextSchema } from './address.ts';
import { parse } from './parse.ts';
import { toEpochMs } from './time.ts';

declare const mailboxId: unique symbol;
/** By this name the declarations of schemas can import it, as they cannot a symbol. @public */
export interface MailboxIdBrand {
  readonly [mailboxId]: true;
}

/** A slug such as `support`: it stands in secret names, queue groups and table keys. */
export type MailboxId = string & MailboxIdBrand;

export const MailboxIdSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'is not a mailbox id: 1 to 40 of a-z, 0-9 and inner hyphens'),
  v.transform((text) => text as MailboxId),
);

const LimitSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** The `ID#profile` item of the Mailboxes table: written when a mailbox is connected, read by every function. */
const MailboxProfileSchema = v.object({
  id: MailboxIdSchema,
  address: EmailAddressSchema,
  name: v.optional(HeaderTextSchema),
  plan: v.picklist(['consumer', 'trial', 'workspace']),
  /** In place of the plan's, in any 24 hours. */
  limits: v.optional(
    v.object({
      messages: v.optional(LimitSchema),
      recipients: v.optional(LimitSchema),
      external: v.optional(LimitSchema),
      unique: v.optional(LimitSchema),
    }),
  ),
  protocol: v.picklist(['imap', 'pop3']),
  /** Reading starts there, in milliseconds since 1970, in place of the time of the first poll. */
  readSince: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.transform(toEpochMs))),
  /** In place of the stack's: what becomes of a message that may have been sent and whose copy is not found. */
  onUnknown: v.optional(v.picklist(['send-again', 'report'])),
});
export type MailboxProfile = v.InferOutput<typeof MailboxProfileSchema>;

/** @throws MailError MAILBOX_MALFORMED naming the attribute */
export function parseMailboxProfile(item: unknown): MailboxProfile {
  return parse(MailboxProfileSchema, item, 'MAILBOX_MALFORMED', 'mailbox profile');
}
