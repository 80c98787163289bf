// What a burst of replies needs of a mailbox, be it on the local Gmail or on Dovecot.
import { readFile } from 'node:fs/promises';
import { ImapFlow } from 'imapflow';
import { SUPPORT } from '../../local/mailroom.ts';
import type { TestStack } from '../functions/stack.ts';

/** Where a mail lies before a poll can see it. */
export type Place = 'inbox' | 'archive' | 'spam';

export interface ReplyWorld {
  readonly stack: TestStack;
  deliver(raw: string, place: Place): Promise<void>;
  /** Every mail gets another UID, under another UIDVALIDITY. */
  renewUids(): Promise<void>;
  /** From now on one in so many is left out of a FETCH, none for 0; false where the server cannot be made to. */
  leaveOut(oneIn: number): boolean;
  /** How long after a poll the next one reads the mailbox. */
  readonly pauseMs: number;
  stop(): Promise<void>;
}

/** Of what a poll that was killed leaves behind. */
export const LEASE_MS = 61_000;
/** Gmail's POP3 wants to be left alone as long (LOGIN-DELAY). */
export const POP3_PAUSE_MS = 301_000;

interface Server {
  readonly imap: { readonly host: string; readonly port: number };
  readonly ca: string;
}

/** Another client of the mailbox than Mailroom. */
export async function connectClient(stack: TestStack, { imap, ca }: Server): Promise<ImapFlow> {
  const client = new ImapFlow({
    ...imap,
    secure: true,
    auth: { user: SUPPORT.address, accessToken: await stack.google.account(SUPPORT.address).accessToken() },
    logger: false,
    tls: { ca: await readFile(ca, 'utf8') },
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The flags of each mail, by Message-ID, in all folders; what IMAP itself gives is left out. */
export async function flagsOf(client: ImapFlow): Promise<ReadonlyMap<string, readonly string[]>> {
  const all = new Map<string, string[]>();
  for (const { path, flags } of await client.list()) {
    if (flags.has('\\Noselect')) continue;
    const { exists } = await client.mailboxOpen(path, { readOnly: true });
    if (exists === 0) continue;
    for await (const mail of client.fetch('1:*', { flags: true, envelope: true })) {
      const own = [...(mail.flags ?? [])].filter((flag) => flag !== '\\Recent');
      all.set(`${mail.envelope?.messageId}`, own);
    }
  }
  return all;
}
