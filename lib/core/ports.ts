// What several use cases need from the world, in their own words; adapters in google, smtp, imap, mime and aws provide it.
import type { MailError } from './errors.ts';
import type { MailboxId, MailboxProfile } from './mailbox.ts';
import type { AccessToken } from './token.ts';

/** The connected mailboxes. */
export interface Registry {
  list(): Promise<MailboxList>;
  /** @throws MailError MAILBOX_UNKNOWN, MAILBOX_MALFORMED */
  find(mailbox: MailboxId): Promise<MailboxProfile>;
}

export interface MailboxList {
  readonly profiles: readonly MailboxProfile[];
  /** Those whose profile cannot be read: MAILBOX_MALFORMED. */
  readonly malformed: readonly { readonly mailbox: string; readonly error: MailError }[];
}

/** Access tokens for those who use them: they never see a grant. */
export interface TokenSource {
  /** @throws MailError TOKEN_UNAVAILABLE, or what refresh-tokens reports of the grant */
  current(mailbox: MailboxId): Promise<AccessToken>;
  /** A token that is not the refused one. */
  replace(mailbox: MailboxId, refused: AccessToken): Promise<AccessToken>;
}

/** The bucket Mail, for requests and replies that are too big for a queue. */
export interface ObjectStore {
  readonly bucket: string;
  /** Undefined when there is none. */
  read(key: string): Promise<string | undefined>;
  write(key: string, content: string | Uint8Array): Promise<void>;
  /** Writes what need not fit into memory; nothing is there until all of it has been written. */
  writeStream(key: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  remove(key: string): Promise<void>;
}
