// POP3 where IMAP is closed: what is new by its unique-id, headers first, and nothing in the mailbox ever changes.
import type { MailboxProfile } from '../core/mailbox.ts';
import type { MailSource, Positions } from '../core/reading-ports.ts';
import { after } from '../core/time.ts';
import { startUidlCursor, type UidlCursor } from '../core/uidl-cursor.ts';
import { Pop3Client } from './client.ts';
import type { Pop3Endpoint } from './connection.ts';
import { Maildrop } from './maildrop.ts';

export function createPop3Source(endpoint: Pop3Endpoint): MailSource {
  return {
    /** @throws MailError POP3_UNREACHABLE, POP3_REFUSED, AUTHENTICATION_REFUSED, MAILBOX_BUSY, MAILBOX_THROTTLED and others */
    async open(profile, token, deadline, positions) {
      const client = await Pop3Client.open(endpoint, profile.address, token, deadline);
      try {
        const main = new Maildrop(client, deadline, cursorOf(profile, positions), await client.list());
        return { main, isAllMailHidden: false, openSpam: async () => undefined, close: () => client.close() };
      } catch (error) {
        client.close();
        throw error;
      }
    },
  };
}

/** A mail is listed a little later than it was received. */
const SLACK_MS = 60 * 60_000;

/** Reading starts where reading by IMAP ended, else at now, or at the date that the mailbox asks for. */
function cursorOf({ readSince }: MailboxProfile, { uidls, readTo }: Positions): UidlCursor | undefined {
  if (uidls !== undefined) return uidls;
  const since = readTo === undefined ? readSince : after(readTo.readAt, -SLACK_MS);
  return since === undefined ? undefined : startUidlCursor([], since, since);
}
