// The Message-IDs in Gmail's threads, all of them: whether exactly one mail of a thread is ours only a whole thread tells.
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { MailError } from '../core/errors.ts';
import { parseHeaders } from '../core/header-block.ts';

/** In one SEARCH; beyond, its line could be longer than servers take. */
const MAX_THREADS = 20;
/** Named in one FETCH, as in lib/imap/listing.ts. */
const NAMED_AT_ONCE = 500;

export async function messageIdsOf(
  client: ImapFlow,
  threads: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (let from = 0; from < threads.length; from += MAX_THREADS) {
    for (const mail of await mailsIn(client, threads.slice(from, from + MAX_THREADS))) {
      const messageId = (await parseHeaders(mail.headers))['message-id']?.trim();
      if (mail.threadId === undefined || messageId === undefined) continue;
      found.set(mail.threadId, [...(found.get(mail.threadId) ?? []), messageId]);
    }
  }
  return found;
}

async function mailsIn(client: ImapFlow, threads: readonly string[]): Promise<readonly FetchMessageObject[]> {
  const wanted = threads.map((threadId) => ({ threadId }));
  const uids = await client.search(wanted.length === 1 ? (wanted[0] ?? {}) : { or: wanted }, { uid: true });
  // Refused, or the connection is gone: a search that was not made is no miss.
  if (!Array.isArray(uids)) throw new MailError('IMAP_REFUSED', 'the IMAP server made no search by thread');
  const query = { uid: true, threadId: true, headers: ['message-id'] };
  const mails: FetchMessageObject[] = [];
  for (let from = 0; from < uids.length; from += NAMED_AT_ONCE) {
    // By name: what Gmail leaves out of answers it leaves out of ranges (mailcore2#1256).
    const named = uids.slice(from, from + NAMED_AT_ONCE).join(',');
    for await (const mail of client.fetch(named, query, { uid: true })) mails.push(mail);
  }
  return mails;
}
