// The mails of Gmail's threads, on the local Gmail.
import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messageIdsOf } from '../../lib/imap/threads.ts';
import { type GoogleAccount, type LocalGoogle, startGoogle } from '../../local/google/google.ts';

const ADDRESS = 'support@shop.example';

describe('the Message-IDs of a thread', () => {
  let google: LocalGoogle;
  let account: GoogleAccount;
  let client: ImapFlow;

  beforeEach(async () => {
    google = await startGoogle();
    account = google.addAccount({ address: ADDRESS });
    const { imap, ca } = google.endpoints;
    const auth = { user: ADDRESS, accessToken: await account.accessToken() };
    client = new ImapFlow({ ...imap, auth, secure: true, logger: false, tls: { ca: readFileSync(ca) } });
    await client.connect();
  });

  afterEach(async () => {
    client.close();
    await google.stop();
  });

  it.each([2, 1_200])('are all there, of %d mails, though ranges are answered with gaps', async (count) => {
    const thread = deliver('first', count);
    const other = deliver('second', 3);
    await client.mailboxOpen('[Gmail]/All Mail', { readOnly: true });
    google.faults.leftOutOneIn = 7;
    const found = await messageIdsOf(client, [thread, other]);
    expect(found.get(thread)?.toSorted()).toEqual(idsOf('first', count));
    expect(found.get(other)?.toSorted()).toEqual(idsOf('second', 3));
  });

  it('are not taken for none where the server refuses to search', async () => {
    await client.mailboxOpen('[Gmail]/All Mail', { readOnly: true });
    google.faults.imap({ at: 'SEARCH', do: { reply: 'NO [LIMIT] Not now' } });
    await expect(messageIdsOf(client, ['1'])).rejects.toMatchObject({ code: 'IMAP_REFUSED' });
  });

  /** @returns the thread of so many mails */
  function deliver(name: string, count: number): string {
    const mails = idsOf(name, count).map((id, at) =>
      account.deliver(
        `Subject: ${at === 0 ? '' : 'Re: '}${name}\r\nMessage-ID: ${id}\r\nReferences: <${name}-0@x.example>\r\n\r\nx\r\n`,
      ),
    );
    return String(mails[0]?.thrid);
  }
});

function idsOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `<${name}-${at}@x.example>`).toSorted();
}
