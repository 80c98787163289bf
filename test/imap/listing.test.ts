// Listing mails on the local Gmail, which leaves some out of the answer to a range as the real one sometimes does.

import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FolderState } from '../../lib/core/cursor.ts';
import { toEpochMs } from '../../lib/core/time.ts';
import { listMails } from '../../lib/imap/listing.ts';
import { type GoogleAccount, type LocalGoogle, startGoogle } from '../../local/google/google.ts';

const ADDRESS = 'support@shop.example';

describe('a list of mails', () => {
  let google: LocalGoogle;
  let account: GoogleAccount;
  let client: ImapFlow;

  beforeEach(async () => {
    google = await startGoogle();
    account = google.addAccount({ address: ADDRESS });
  });

  afterEach(async () => {
    client.close();
    await google.stop();
  });

  it.each([2, 3, 7])(
    'is complete where one in %d is left out of each range, in one or two further commands',
    async (oneIn) => {
      deliver(100);
      const folder = await open();
      google.faults.leftOutOneIn = oneIn;
      for (const above of [0, 1, 50, 98, 99]) {
        const before = account.counters.imapCommands;
        expect(await uidsAbove(folder, above)).toEqual(range(above + 1, 100));
        expect(account.counters.imapCommands - before).toBeLessThanOrEqual(3);
      }
    },
  );

  it('takes one command where nothing is left out, and none where nothing has arrived', async () => {
    deliver(100);
    const folder = await open();
    const before = account.counters.imapCommands;
    expect(await uidsAbove(folder, 60)).toEqual(range(61, 100));
    expect(account.counters.imapCommands).toBe(before + 1);
    expect(await uidsAbove(folder, 100)).toEqual([]);
    expect(account.counters.imapCommands).toBe(before + 1);
  });

  it('is complete where mails between were expunged, the last known one among them', async () => {
    deliver(100);
    await expunge('40:50,60,62:70');
    const folder = await open();
    google.faults.leftOutOneIn = 3;
    for (const above of [40, 50, 60, 61, 69]) {
      const there = range(above + 1, 100).filter(
        (uid) => uid > 70 || (uid !== 60 && !(uid >= 40 && uid <= 50) && !(uid >= 62)),
      );
      expect(await uidsAbove(folder, above)).toEqual(there);
    }
  });

  it('is complete by date, too', async () => {
    deliver(30);
    const folder = await open();
    google.faults.leftOutOneIn = 2;
    const mails = await listMails(client, folder, { kind: 'date', since: toEpochMs(Date.now() - 1_000) });
    expect(mails.map(({ uid }) => uid)).toEqual(range(1, 30));
  });

  it('is no empty list where the server refuses to search', async () => {
    deliver(1);
    const folder = await open();
    google.faults.imap({ at: 'SEARCH', do: { reply: 'NO [LIMIT] Not now' } });
    await expect(listMails(client, folder, { kind: 'date', since: toEpochMs(0) })).rejects.toMatchObject({
      code: 'IMAP_REFUSED',
    });
  });

  function deliver(count: number): void {
    for (let at = 1; at <= count; at += 1)
      account.deliver(`Subject: ${at}\r\nMessage-ID: <${at}@x.example>\r\n\r\nx\r\n`);
  }

  async function connect(): Promise<ImapFlow> {
    const { imap, ca } = google.endpoints;
    const auth = { user: ADDRESS, accessToken: await account.accessToken() };
    const connected = new ImapFlow({ ...imap, auth, secure: true, logger: false, tls: { ca: readFileSync(ca) } });
    await connected.connect();
    return connected;
  }

  async function open(): Promise<FolderState> {
    client = await connect();
    const { path, uidValidity, uidNext } = await client.mailboxOpen('[Gmail]/All Mail', { readOnly: true });
    return { folder: path, uidValidity: String(uidValidity), uidNext };
  }

  async function expunge(uids: string): Promise<void> {
    const other = await connect();
    await other.mailboxOpen('[Gmail]/All Mail');
    await other.messageDelete(uids, { uid: true });
    await other.logout();
  }

  async function uidsAbove(folder: FolderState, above: number): Promise<number[]> {
    const mails = await listMails(client, folder, { kind: 'uid', above });
    return mails.map(({ uid }) => uid);
  }
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
