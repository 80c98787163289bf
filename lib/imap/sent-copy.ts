// Waits for the copy that the server files of a mail that was just sent, to read what became of its headers on the way.
import { setTimeout } from 'node:timers/promises';
import type { ImapFlow, ListResponse } from 'imapflow';
import type { EmailAddress } from '../core/address.ts';
import { MailError } from '../core/errors.ts';
import { parseFields } from '../core/header-block.ts';
import type { Deadline } from '../core/time.ts';
import type { AccessToken } from '../core/token.ts';
import { createClient, type ImapEndpoint } from './client.ts';
import { translate } from './imap-errors.ts';

/** What is filed of it. */
export interface FiledCopy {
  readonly messageId: string | undefined;
  /** The header, with a display name if it has one. */
  readonly from: string | undefined;
}

export interface Marked {
  /** Of a header that nobody else writes, in lower case. */
  readonly header: string;
  readonly value: string;
}

const NEWEST = 20;
const PAUSE_MS = 500;

/**
 * Looks in Sent, or in All Mail where Sent is hidden, again and again, until the copy is there.
 * @returns undefined when it did not come in time
 * @throws MailError IMAP_… as any session
 */
export async function awaitSentCopy(
  endpoint: ImapEndpoint,
  user: EmailAddress,
  token: AccessToken,
  marked: Marked,
  deadline: Deadline,
): Promise<FiledCopy | undefined> {
  const { ImapFlow } = await import('imapflow');
  const client = createClient(ImapFlow, endpoint, user, token, deadline);
  try {
    await client.connect();
    const folders = await client.list();
    const sent = folderOf(folders, '\\Sent') ?? folderOf(folders, '\\All');
    if (sent === undefined) throw new MailError('IMAP_REFUSED', 'Sent and All Mail are hidden from IMAP');
    for (;;) {
      const copy = await lookIn(client, sent, marked);
      if (copy !== undefined) return copy;
      await setTimeout(PAUSE_MS, undefined, { signal: deadline.signal });
    }
  } catch (error) {
    if (deadline.signal.aborted) return undefined;
    throw translate(error);
  } finally {
    client.close();
  }
}

function folderOf(folders: readonly ListResponse[], use: string): string | undefined {
  return folders.find(({ specialUse }) => specialUse === use)?.path;
}

async function lookIn(client: ImapFlow, folder: string, { header, value }: Marked): Promise<FiledCopy | undefined> {
  const { exists } = await client.mailboxOpen(folder, { readOnly: true });
  if (exists === 0) return undefined;
  const range = `${Math.max(1, exists - NEWEST + 1)}:*`;
  for await (const { headers } of client.fetch(range, { headers: [header, 'message-id', 'from'] })) {
    if (headers === undefined) throw new MailError('IMAP_REFUSED', 'the IMAP server gave no headers');
    const fields = await parseFields(headers, [header, 'message-id', 'from']);
    if (fields[header] === value) return { messageId: fields['message-id'], from: fields.from };
  }
  return undefined;
}
