// What goes wrong with a session: each trouble is told apart, leaves the mailbox alone for as long as it needs, delays no
// other mailbox, and nothing is lost.
import { readFile } from 'node:fs/promises';
import { ImapFlow } from 'imapflow';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseReply } from '../../lib/client/mailroom.ts';
import type { Template } from '../../local/aws/assembly.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, SALES, startTestStack, type TestStack, until } from './stack.ts';

describe('troubles of reading', () => {
  let stack: TestStack;
  const questions = new Map<string, string>();
  const clients: ImapFlow[] = [];

  beforeAll(async () => {
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES], transformTemplate: withShortPolls });
    await stack.invoke('PollRepliesFunction', {});
    for (const { id } of [SUPPORT, SALES]) {
      const { outcome } = await stack.send({ mailbox: id, idempotencyKey: `question of ${id}` });
      questions.set(id, String(outcome?.messageId));
    }
  });

  afterEach(() => {
    stack.google.faults.clear();
    for (const client of clients.splice(0)) client.close();
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const poll = async () => (await stack.invoke('PollRepliesFunction', {})).outcome;
  const events = async () => (await stack.receive('RepliesUrl', 0)).map(parseReply);
  let count = 0;

  /** One to each mailbox. */
  function reply(text: string): void {
    for (const { id, address } of [SUPPORT, SALES]) {
      count += 1;
      const headers = `From: ${ADA}\r\nTo: ${address}\r\nMessage-ID: <t${count}@customer.example>\r\n`;
      const mail = `${headers}In-Reply-To: ${questions.get(id)}\r\nSubject: Re\r\n\r\n${text} ${id}\r\n`;
      stack.google.account(address).deliver(mail);
    }
  }

  it.each([
    [
      'over quota at login',
      'credentials',
      'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)',
      'BANDWIDTH_EXCEEDED',
      60,
    ],
    [
      'over quota amid reading',
      'FETCH',
      'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)',
      'BANDWIDTH_EXCEEDED',
      60,
    ],
    ['throttled', 'EXAMINE', 'NO [THROTTLED] Please slow down (Failure)', 'MAILBOX_THROTTLED', 15],
    [
      'switched off by its owner',
      'credentials',
      'NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)',
      'READING_DISABLED',
      5,
    ],
    [
      'switched off by an administrator',
      'credentials',
      'NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)',
      'READING_DISABLED',
      5,
    ],
    [
      'refused whatever the token',
      'credentials',
      'NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)',
      'AUTHENTICATION_REFUSED',
      5,
    ],
  ])('%s: the mailbox is left alone, others are read', async (name, at, refusal, code, minutes) => {
    reply(name);
    breakFor(SUPPORT.address, at, refusal);
    // The next poll tries once more, with a token of its own.
    if (code === 'AUTHENTICATION_REFUSED') {
      expect(await poll()).toMatchObject({ failures: [{ mailbox: 'support', code }], held: [] });
    }
    expect(await poll()).toMatchObject({ failures: [{ mailbox: 'support', code }] });
    expect(await events()).toMatchObject([{ text: `${name} sales` }]);
    stack.google.faults.clear();
    const asked = stack.google.account(SUPPORT.address).counters.imapCommands;
    expect(await poll()).toMatchObject({ routed: 0, failures: [], held: [{ mailbox: 'support', code }] });
    expect(stack.google.account(SUPPORT.address).counters.imapCommands).toBe(asked);
    await stack.passReadingTime((minutes - 1) * 60_000);
    expect(await poll()).toMatchObject({ routed: 0, held: [{ code }] });
    await stack.passReadingTime(60_000);
    expect(await poll()).toMatchObject({ routed: 1, failures: [], held: [] });
    expect(await events()).toMatchObject([{ text: `${name} support` }]);
  });

  it('the sixteenth connection is refused: two minutes later it is tried again', async () => {
    reply('sixteenth');
    for (let open = 0; open < 15; open += 1) clients.push(await connectImap());
    expect(await poll()).toMatchObject({
      routed: 1,
      failures: [{ mailbox: 'support', code: 'CONNECTIONS_EXHAUSTED' }],
    });
    for (const client of clients.splice(0)) await client.logout();
    expect(await poll()).toMatchObject({ held: [{ mailbox: 'support', code: 'CONNECTIONS_EXHAUSTED' }] });
    await stack.passReadingTime(120_000);
    expect(await poll()).toMatchObject({ routed: 1, failures: [] });
    expect((await events()).map(({ text }) => text).sort()).toEqual(['sixteenth sales', 'sixteenth support']);
  });

  it.each(['EXAMINE', 'FETCH'])('a session that expires at %s is opened anew by the same poll', async (at) => {
    reply(`expired ${at}`);
    stack.google.faults.imap({
      at,
      do: { reply: '* BYE Session expired, please login again.' },
      mailbox: SUPPORT.address,
    });
    expect(await poll()).toMatchObject({ routed: 2, failures: [] });
    expect(await events()).toHaveLength(2);
  });

  it.each(['greeting', 'AUTHENTICATE', 'EXAMINE', 'FETCH'])(
    'a server that goes away at %s is read by the next poll',
    async (at) => {
      reply(`gone ${at}`);
      stack.google.faults.imap({ at, do: 'cut' });
      expect(await poll()).toMatchObject({ failures: [{ code: 'IMAP_UNREACHABLE' }] });
      expect(await poll()).toMatchObject({ failures: [] });
      expect(await events()).toHaveLength(2);
    },
  );

  it('a restart of the server in the middle of a poll loses nothing', async () => {
    reply('restart');
    stack.google.faults.imap({ at: 'FETCH', do: 'stall', times: 2 });
    const broken = poll();
    await untilStalled();
    await stack.google.restart('imap');
    expect((await broken)?.failures).toHaveLength(2);
    expect(await poll()).toMatchObject({ routed: 2, failures: [] });
    expect(await events()).toHaveLength(2);
  });

  it('a server that falls silent ends the poll in time, and the next one reads on', async () => {
    reply('silent');
    stack.google.faults.imap({ at: 'FETCH', do: 'stall', mailbox: SUPPORT.address });
    expect(await poll()).toMatchObject({ routed: 1, failures: [{ mailbox: 'support', code: 'IMAP_UNREACHABLE' }] });
    expect(await poll()).toMatchObject({ routed: 1, failures: [] });
    expect(await events()).toHaveLength(2);
  });

  function breakFor(mailbox: string, at: string, reply: string): void {
    stack.google.faults.imap({ at, do: { reply }, times: Number.POSITIVE_INFINITY, mailbox });
  }

  async function connectImap(): Promise<ImapFlow> {
    const { imap, ca } = stack.google.endpoints;
    const accessToken = await stack.google.account(SUPPORT.address).accessToken();
    const tls = { ca: await readFile(ca, 'utf8') };
    const client = new ImapFlow({
      ...imap,
      auth: { user: SUPPORT.address, accessToken },
      secure: true,
      logger: false,
      tls,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async function untilStalled(): Promise<void> {
    await until('each session to stand where it stalls', async () => stack.google.faults.imapScript.left === 0);
  }
});

/** So that a silent server is not waited for as long as it would be on AWS. */
function withShortPolls(template: Template): unknown {
  const changed = structuredClone(template);
  for (const [id, { Properties }] of Object.entries(changed.Resources)) {
    if (/PollReplies[0-9A-F]{8}$/.test(id) && 'Timeout' in Properties) Properties.Timeout = 25;
  }
  return changed;
}
