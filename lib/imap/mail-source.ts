// IMAP to Gmail by imapflow: All Mail where there is one, and Spam.
import type { ImapFlow, ListResponse, MailboxObject } from 'imapflow';
import { startCursorAt } from '../core/cursor.ts';
import type { MailboxProfile } from '../core/mailbox.ts';
import type { MailSession, MailSource, Positions } from '../core/reading-ports.ts';
import { createClient, type ImapEndpoint } from './client.ts';
import { createFolder } from './folder.ts';
import { translate } from './imap-errors.ts';

export function createMailSource(endpoint: ImapEndpoint): MailSource {
  // It takes as long to load as the AWS SDK, which is needed first.
  const loading = import('imapflow');
  return {
    async open(profile, token, deadline, positions) {
      const client = createClient((await loading).ImapFlow, endpoint, profile.address, token, deadline);
      try {
        await client.connect();
        return await openSession(client, profile, positions);
      } catch (error) {
        client.close();
        throw translate(error);
      }
    },
  };
}

async function openSession(client: ImapFlow, profile: MailboxProfile, positions: Positions): Promise<MailSession> {
  const { readTo = firstCursor(profile, positions), spam } = positions;
  const known = await openKnown(client, readTo?.folder);
  const { opened, isAllMailHidden } = known ? { opened: known, isAllMailHidden: false } : await openAllMail(client);
  return {
    main: createFolder(client, opened, 'main', readTo),
    isAllMailHidden,
    async openSpam() {
      try {
        const folder = (await openKnown(client, spam?.folder)) ?? (await openJunk(client));
        return folder && createFolder(client, folder, 'spam', spam ?? firstCursor(profile, positions));
      } catch (error) {
        throw translate(error);
      }
    },
    close: () => client.close(),
  };
}

/** Reading starts where reading by POP3 ended, else at now, or at the date that the mailbox asks for. */
function firstCursor({ readSince }: MailboxProfile, { uidls }: Positions) {
  const since = uidls?.completeAt ?? readSince;
  return since === undefined ? undefined : startCursorAt(since);
}

/**
 * Without a LIST: the client asks for none of a folder that it believes to know (its map of them is not in its types).
 * INBOX is looked up again: All Mail may have been shown to IMAP since.
 */
async function openKnown(client: ImapFlow, folder: string | undefined): Promise<MailboxObject | undefined> {
  if (folder === undefined || folder === '' || folder === 'INBOX') return undefined;
  const listed: unknown = Reflect.get(client, 'folders');
  if (!(listed instanceof Map)) return undefined;
  listed.set(folder, { path: folder, delimiter: '/', listed: true, subscribed: true });
  try {
    return await client.mailboxOpen(folder, { readOnly: true });
  } catch (error) {
    // It was renamed, as by another language of the account, or hidden from IMAP.
    listed.delete(folder);
    if (client.usable) return undefined;
    throw error;
  }
}

/** Folder names are localised, their special use (RFC 6154) is not. A user of Gmail can hide All Mail from IMAP. */
async function openAllMail(client: ImapFlow): Promise<{ opened: MailboxObject; isAllMailHidden: boolean }> {
  const folders = await client.list();
  const path = findSpecial(folders, '\\All');
  const opened = await client.mailboxOpen(path ?? 'INBOX', { readOnly: true });
  return { opened, isAllMailHidden: path === undefined && client.capabilities.has('X-GM-EXT-1') };
}

async function openJunk(client: ImapFlow): Promise<MailboxObject | undefined> {
  const path = findSpecial(await client.list(), '\\Junk');
  return path === undefined ? undefined : client.mailboxOpen(path, { readOnly: true });
}

function findSpecial(folders: readonly ListResponse[], use: string): string | undefined {
  return folders.find(({ specialUse }) => specialUse === use)?.path;
}
