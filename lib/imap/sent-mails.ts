// What was sent from a mailbox lately, by whoever: the newest copies that Gmail filed, by their Message-IDs.
import type { ImapFlow } from 'imapflow';
import { parseHeaders } from '../core/header-block.ts';
import type { MailboxProfile } from '../core/mailbox.ts';
import { type Deadline, type EpochMs, toEpochMs } from '../core/time.ts';
import type { AccessToken } from '../core/token.ts';
import { createClient, type ImapEndpoint } from './client.ts';
import { translate } from './imap-errors.ts';

export interface SentMail {
  readonly messageId: string;
  readonly filedAt: EpochMs;
}

/**
 * The newest of them in the folder of sent mail, or in All Mail where that is hidden from IMAP.
 * @param most how many headers are read
 * @returns undefined where both are hidden
 * @throws MailError IMAP_UNREACHABLE, IMAP_REFUSED, AUTHENTICATION_REFUSED and others
 */
export async function listSentMails(
  endpoint: ImapEndpoint,
  { address }: Pick<MailboxProfile, 'address'>,
  token: AccessToken,
  deadline: Deadline,
  most: number,
): Promise<readonly SentMail[] | undefined> {
  const client = createClient((await import('imapflow')).ImapFlow, endpoint, address, token, deadline);
  try {
    await client.connect();
    const folders = await client.list();
    const folder = ['\\Sent', '\\All'].flatMap((use) => folders.find(({ specialUse }) => specialUse === use) ?? [])[0];
    if (folder === undefined) return undefined;
    const { exists } = await client.mailboxOpen(folder.path, { readOnly: true });
    return exists === 0 ? [] : await readNewest(client, exists, most, folder.specialUse === '\\All');
  } catch (error) {
    throw translate(error);
  } finally {
    client.close();
  }
}

async function readNewest(client: ImapFlow, exists: number, most: number, isMixed: boolean): Promise<SentMail[]> {
  const sent: SentMail[] = [];
  const query = { uid: true, internalDate: true, headers: ['message-id'], ...(isMixed && { labels: true }) };
  for await (const mail of client.fetch(`${Math.max(1, exists - most + 1)}:*`, query)) {
    const messageId = (await parseHeaders(mail.headers))['message-id']?.trim();
    if (messageId === undefined || (isMixed && mail.labels?.has('\\Sent') !== true)) continue;
    sent.push({ messageId, filedAt: toEpochMs(new Date(mail.internalDate ?? 0).getTime()) });
  }
  return sent;
}
