// Reading a mailbox by POP3 as Gmail offers it: what is new, as it came, and the mailbox stays as it was.
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMailboxProfile } from '../../lib/core/mailbox.ts';
import type { MailSummary } from '../../lib/core/matching.ts';
import { type Deadline, toEpochMs } from '../../lib/core/time.ts';
import { parseUidlCursor, startUidlCursor, type UidlCursor } from '../../lib/core/uidl-cursor.ts';
import { createPop3Source } from '../../lib/pop3/mail-source.ts';
import { type IncomingMail, type LocalGoogle, startGoogle } from '../../local/google/google.ts';
import { pop3LoggedIn } from '../local/google/raw-client.ts';
import { profile, token } from './pop3-fixture.ts';

const HOUR = 3_600_000;
const NOW = toEpochMs(1_795_000_000_000);
const trusted = getCACertificates('default');
const deadline: Deadline = { remainingMs: () => 60_000, signal: new AbortController().signal };
let google: LocalGoogle;
let count = 0;

beforeAll(async () => {
  google = await startGoogle({ now: () => NOW });
  setDefaultCACertificates([...trusted, readFileSync(google.endpoints.ca, 'utf8')]);
});
afterAll(async () => {
  setDefaultCACertificates([...trusted]);
  expect(google.problems).toEqual([]);
  await google.stop();
});

/** A mailbox of its own for each test. */
function useMailbox() {
  count += 1;
  const mailbox = parseMailboxProfile({ ...profile, address: `support${count}@shop.example` });
  const account = google.addAccount({ address: mailbox.address });
  const open = async (cursor?: UidlCursor, limit = deadline) => {
    const source = createPop3Source(google.endpoints.pop3);
    const { main, close } = await source.open(mailbox, token(await account.accessToken()), limit, { uidls: cursor });
    let listed: readonly MailSummary[] = [];
    return {
      fetch: (uids: readonly number[]) => main.fetch(uids),
      outline: (uid: number) => main.outline(uid),
      stream: (uid: number) => main.stream(uid),
      async list() {
        listed = (await main.list()) ?? [];
        return listed;
      },
      cursorAfter(done: ReadonlySet<number>, now: typeof NOW) {
        const dealtWith = listed.filter(({ uid }) => done.has(uid));
        return main.positionAfter(dealtWith, dealtWith.length === listed.length, now, new Set()).uidls;
      },
      close,
    };
  };
  /** One poll as Mailroom does it: what is new, and the cursor behind it. */
  const poll = async (cursor: UidlCursor | undefined, dealWith = (_mail: MailSummary) => true) => {
    const session = await open(cursor);
    try {
      const mails = await session.list();
      const done = new Set(mails.filter(dealWith).map(({ uid }) => uid));
      const next = session.cursorAfter(done, NOW);
      return {
        ids: mails.map(({ headers }) => headers['message-id']),
        next: parseUidlCursor(JSON.parse(JSON.stringify(next))),
      };
    } finally {
      session.close();
    }
  };
  const deliver = (id: string, body = 'text\r\n', mail: IncomingMail = {}) =>
    account.deliver(
      `From: ada@customer.example\r\nMessage-ID: <${id}>\r\nIn-Reply-To: <sent@shop.example>\r\n\r\n${body}`,
      mail,
    );
  return { account, open, poll, deliver };
}

describe('a poll', () => {
  it('finds nothing new at the first connection, then what came, once', async () => {
    const { poll, deliver } = useMailbox();
    deliver('before');
    const first = await poll(undefined);
    expect(first.ids).toEqual([]);
    expect((await poll(first.next)).ids).toEqual([]);
    deliver('one');
    deliver('two', 'x', { labels: [] });
    const second = await poll(first.next);
    expect(second.ids).toEqual(['<one>', '<two>']);
    expect((await poll(second.next)).ids).toEqual([]);
    expect((await poll(first.next)).ids).toEqual(['<one>', '<two>']);
    const half = await poll(first.next, ({ headers }) => headers['message-id'] !== '<one>');
    expect((await poll(half.next)).ids).toEqual(['<one>']);
  });

  it('sees the headers that match replies, when Gmail received the mail, and how long it is', async () => {
    const { open, account, deliver } = useMailbox();
    const stored = deliver('one', 'x\r\n', { internalDate: NOW - HOUR });
    const session = await open(startUidlCursor([], NOW));
    const [mail] = await session.list();
    expect(mail).toMatchObject({
      uid: 1,
      uidl: expect.stringMatching(/^GmailId/),
      labels: [],
      receivedAt: NOW - HOUR,
      bytes: stored.raw.length,
      headers: { 'message-id': '<one>', 'in-reply-to': '<sent@shop.example>', from: 'ada@customer.example' },
    });
    expect(mail?.headers).not.toHaveProperty('received');
    session.close();
    await expect.poll(() => account.counters.pop3Connections).toBe(0);
  });

  it('leaves out what was received before the date that it starts at, whatever the mail says of itself', async () => {
    const { poll, deliver, account } = useMailbox();
    deliver('old', 'x', { internalDate: NOW - 3 * HOUR });
    deliver('young', 'x', { internalDate: NOW - HOUR });
    account.deliver('Message-ID: <imported>\r\nDate: Mon, 1 Jan 2001 00:00:00 +0000\r\n\r\nx', { asIs: true });
    const { ids, next } = await poll(startUidlCursor([], NOW, toEpochMs(NOW - 2 * HOUR)));
    expect(ids).toEqual(['<young>', '<imported>']);
    expect(next.since).toBeUndefined();
    expect((await poll(next)).ids).toEqual([]);
  });

  it('of very many finds the first, and the others next time', async () => {
    const { poll, account } = useMailbox();
    for (let index = 0; index < 1_100; index += 1) account.deliver(`Message-ID: <${index}>\r\n\r\nx`, { asIs: true });
    let cursor = startUidlCursor([], NOW);
    const found: unknown[] = [];
    for (const expected of [500, 500, 100, 0]) {
      const { ids, next } = await poll(cursor);
      expect(ids).toHaveLength(expected);
      found.push(...ids);
      cursor = next;
    }
    expect(found).toEqual(Array.from({ length: 1_100 }, (_, index) => `<${index}>`));
  });

  it('leaves half of its time for what answers us', async () => {
    const { open, account } = useMailbox();
    for (let index = 0; index < 120; index += 1) account.deliver(`Message-ID: <${index}>\r\n\r\nx`, { asIs: true });
    let asked = 0;
    const passing: Deadline = { ...deadline, remainingMs: () => 60_000 - 15_000 * asked++ };
    const session = await open(startUidlCursor([], NOW), passing);
    expect(await session.list()).toHaveLength(100);
    session.close();
  });

  it('is not ended by a header that the server does not show: that mail stays new', async () => {
    const { poll, deliver } = useMailbox();
    for (const id of ['one', 'two', 'three']) deliver(id);
    google.faults.pop3({ at: 'TOP', do: { reply: '-ERR not now' } });
    const { ids, next } = await poll(startUidlCursor([], NOW));
    expect(ids).toEqual(['<two>', '<three>']);
    expect((await poll(next)).ids).toEqual(['<one>']);
  });
});

describe('a mail', () => {
  const BODIES = ['.\r\n', '..\r\n.x\r\n', '\xe9\xff\r\n', 'a\r\n.\r\nb\r\n', `${'x'.repeat(2_000)}\r\n`, '\0\r\n', ''];

  it('comes as it is, fifty of them, and nothing in the mailbox has changed', async () => {
    const { account, open, deliver } = useMailbox();
    const stored = Array.from({ length: 50 }, (_, index) => deliver(`${index}`, BODIES[index % BODIES.length]));
    const session = await open(startUidlCursor([], NOW));
    const mails = await session.list();
    const fetched = await session.fetch(mails.map(({ uid }) => uid));
    expect([...fetched.values()].map((mail) => Buffer.from(mail))).toEqual(stored.map(({ raw }) => raw));
    for (const { uid } of mails) {
      const pieces: Uint8Array[] = [];
      for await (const piece of session.stream(uid)) pieces.push(piece);
      expect(Buffer.concat(pieces)).toEqual(stored[uid - 1]?.raw);
    }
    session.close();
    await expect.poll(() => account.counters.pop3Connections).toBe(0);
    expect(account.messages('INBOX').map(({ raw, flags }) => [raw, [...flags]])).toEqual(
      stored.map(({ raw }) => [raw, []]),
    );
    expect(await countUnpopped(account.address)).toBe(50);
  });

  it('that is large is outlined by its beginning, and streamed whole', async () => {
    const { open, account } = useMailbox();
    const head =
      'Message-ID: <large>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nIt is attached.\r\n' +
      '--b\r\nContent-Type: application/pdf; name="plan.pdf"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n';
    const file = 8_000_000;
    const raw = `${head}${Buffer.alloc(file, 'x').toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n--b--\r\n`;
    account.deliver(raw, { asIs: true });
    const session = await open(startUidlCursor([], NOW));
    await session.list();
    const outline = await session.outline(1);
    expect(outline?.mail.length).toBeLessThanOrEqual(512 * 1024);
    expect(Buffer.from(outline?.mail ?? []).toString()).toBe(raw.slice(0, outline?.mail.length));
    expect(outline).toMatchObject({
      isCut: true,
      attachments: [{ filename: 'plan.pdf', contentType: 'application/pdf' }],
    });
    expect(Math.abs((outline?.attachments[0]?.bytes ?? 0) - file)).toBeLessThan(file / 100);
    const pieces: Uint8Array[] = [];
    for await (const piece of session.stream(1)) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(Buffer.from(raw))).toBe(true);
    session.close();
  });

  it('that a server shows a part of by TOP comes whole all the same, fetched and streamed', async () => {
    const { open, deliver, account } = useMailbox();
    const { raw } = deliver('one', 'line\r\n'.repeat(1_000));
    const session = await open(startUidlCursor([], NOW));
    await session.list();
    const lineEnd = raw.indexOf('\r\n', 400);
    const part = `+OK\r\n${raw.subarray(0, lineEnd).toString('latin1')}\r\n.`;
    google.faults.pop3({ at: 'TOP', do: { reply: part }, times: 2 });
    expect(Buffer.from((await session.fetch([1])).get(1) ?? [])).toEqual(raw);
    const pieces: Uint8Array[] = [];
    for await (const piece of session.stream(1)) pieces.push(piece);
    expect(Buffer.concat(pieces)).toEqual(raw);
    google.faults.pop3({ at: 'TOP', do: { reply: '-ERR too many lines' }, times: 2 });
    expect(Buffer.from((await session.fetch([1])).get(1) ?? [])).toEqual(raw);
    const others: Uint8Array[] = [];
    for await (const piece of session.stream(1)) others.push(piece);
    expect(Buffer.concat(others)).toEqual(raw);
    session.close();
    expect(account.messages('INBOX')).toHaveLength(1);
  });

  it('that is gone is left out; one that is listed and not shown is new at the next poll, and holds up no other', async () => {
    const { open, poll, deliver } = useMailbox();
    deliver('one');
    deliver('two');
    const start = startUidlCursor([], NOW);
    const session = await open(start);
    const mails = await session.list();
    expect([...(await session.fetch([1, 7])).keys()]).toEqual([1]);
    expect(await session.outline(7)).toBeUndefined();
    for (const at of ['TOP', 'RETR']) google.faults.pop3({ at, do: { reply: '-ERR not now' } });
    expect([...(await session.fetch([1])).keys()]).toEqual([]);
    const next = session.cursorAfter(new Set(mails.map(({ uid }) => uid)), NOW);
    session.close();
    expect((await poll(next)).ids).toEqual(['<one>']);
  });
});

describe('opening a mailbox', () => {
  it('fails with the token, with the mailbox in use, and where Gmail is away', async () => {
    const { account, open } = useMailbox();
    google.faults.pop3({ at: 'UIDL', do: 'cut' });
    await expect(open()).rejects.toMatchObject({ code: 'POP3_UNREACHABLE' });
    google.faults.pop3({ at: 'greeting', do: { reply: '-ERR [IN-USE] busy' } });
    await expect(open()).rejects.toMatchObject({ code: 'MAILBOX_BUSY' });
    const expired = token(await account.accessToken());
    account.expireAccessTokens();
    const opening = createPop3Source(google.endpoints.pop3).open(
      { ...profile, address: expired.address },
      expired,
      deadline,
      {},
    );
    await expect(opening).rejects.toMatchObject({ code: 'AUTHENTICATION_REFUSED' });
  });
});

/** How many a session without `recent:` lists: those that no client has popped. */
async function countUnpopped(address: string): Promise<number> {
  const client = await pop3LoggedIn(google, address);
  const said = await client.pop3('STAT');
  client.end();
  return Number(said.split(' ')[1]);
}
