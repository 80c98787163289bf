// How a mail is found to answer us, and where it is looked for: each way once, and each way in which it must not be found.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReply, type ReplyEvent } from '../../lib/client/mailroom.ts';
import type { IncomingMail } from '../../local/google/google.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, GRACE, SALES, startTestStack, type TestStack } from './stack.ts';

describe('a mail that answers us', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES] });
    await stack.invoke('PollRepliesFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const poll = async () => (await stack.invoke('PollRepliesFunction', {})).outcome;
  const events = async (): Promise<ReplyEvent[]> => (await stack.receive('RepliesUrl', 0)).map(parseReply);
  const ask = async (subject: string, more: object = {}): Promise<string> =>
    String((await stack.send({ idempotencyKey: subject, subject, context: { subject }, ...more })).outcome?.messageId);
  const deliver = (headers: Record<string, string>, mail: IncomingMail = {}, body = 'Yes.') =>
    stack.google.account(SUPPORT.address).deliver(compose(headers, body), mail);

  it('without naming a mail is found by its Gmail thread, where that holds one message of ours', async () => {
    await ask('Your order 12');
    deliver({ Subject: 'Re: Your order 12' });
    expect(await poll()).toMatchObject({ routed: 1, failures: [] });
    expect(await events()).toMatchObject([
      { matchedBy: 'thread', answers: { context: { subject: 'Your order 12' } }, sender: { wasRecipient: true } },
    ]);
    expect(await poll()).toMatchObject({ routed: 0 });
  });

  it("is nobody's in a thread that holds two of ours, however many mails stand between them", async () => {
    const first = await ask('Your order 14');
    for (let at = 0; at < 60; at += 1) deliver({ Subject: 'Re: Your order 14' });
    await stack.send({ idempotencyKey: '14 again', subject: 'Re: Your order 14', inReplyTo: first });
    await poll();
    while ((await events()).length > 0);
    deliver({ Subject: 'Re: Your order 14' });
    expect(await poll()).toMatchObject({ routed: 0, failures: [] });
  });

  it("is nobody's in a thread that holds two of ours, or none", async () => {
    const first = await ask('Your order 13');
    await stack.send({ idempotencyKey: 'again', subject: 'Re: Your order 13', inReplyTo: first });
    deliver({ Subject: 'Re: Your order 13' });
    deliver({ Subject: 'Newsletter' });
    deliver({ Subject: 'Re: Newsletter' });
    expect(await poll()).toMatchObject({ routed: 0, failures: [] });
    expect(await events()).toEqual([]);
  });

  it('is found in Spam, every ten minutes, and says that it lay there', async () => {
    const question = await ask('spam');
    deliver({ 'In-Reply-To': question }, { labels: ['\\Junk'] });
    expect(await poll()).toMatchObject({ routed: 0 });
    await stack.passReadingTime(9 * 60_000);
    expect(await poll()).toMatchObject({ routed: 0 });
    await stack.passReadingTime(2 * 60_000);
    expect(await poll()).toMatchObject({ routed: 1 });
    expect(await events()).toMatchObject([{ isSpam: true, answers: { messageId: question } }]);
    await stack.passReadingTime();
    expect(await poll()).toMatchObject({ routed: 0 });
  });

  it('and is moved out of Spam later makes no second event', async () => {
    const question = await ask('moved');
    const { msgid } = deliver({ 'In-Reply-To': question }, { labels: ['\\Junk'] });
    await stack.passReadingTime();
    await poll();
    stack.google.account(SUPPORT.address).setLabels(msgid, ['\\Inbox']);
    expect(await poll()).toMatchObject({ routed: 0, failures: [] });
    expect(await events()).toHaveLength(1);
  });

  it('to a message that is forgotten makes an event with context null', async () => {
    const forgotten = `<mailroom.${randomUUID()}@shop.example>`;
    deliver({ 'In-Reply-To': forgotten });
    deliver({ 'In-Reply-To': `<mailroom.${randomUUID()}@elsewhere.example>` });
    deliver({ 'In-Reply-To': `<${randomUUID()}@shop.example>` });
    expect(await poll()).toMatchObject({ routed: 1 });
    expect(await events()).toMatchObject([
      {
        answers: { messageId: forgotten, context: null, sentAt: null, to: [] },
        sender: { wasRecipient: false },
      },
    ]);
  });

  it('from the mailbox itself, by a colleague, is an event of its own; what Mailroom sends and drafts are none', async () => {
    const question = await ask('by hand');
    const headers = { From: `Bob <${SUPPORT.address}>`, To: ADA, References: `${question} <a@customer.example>` };
    deliver(headers, { labels: ['\\Sent'], asIs: true }, 'We will call you.');
    deliver({ ...headers, Subject: 'draft' }, { labels: ['\\Draft'], asIs: true });
    deliver({ From: SUPPORT.address, To: GRACE, Subject: 'Lunch?' }, { labels: ['\\Sent'], asIs: true });
    await stack.send({ idempotencyKey: 'our answer', inReplyTo: question });
    // Sent under an alias, and to a list that the mailbox is on.
    const ours = await ask('under an alias', { from: { address: 'hello@shop.example' }, inReplyTo: question });
    deliver({ 'Message-ID': ours, From: 'hello@shop.example', References: question }, {}, 'our own words');
    expect(await poll()).toMatchObject({ routed: 1, failures: [] });
    expect(await events()).toMatchObject([
      { kind: 'answered-by-hand', text: 'We will call you.', answers: { context: { subject: 'by hand' } } },
    ]);
  });

  it('names its sender as no recipient: a stranger in CC, and one who guessed the Message-ID', async () => {
    const question = await ask('guessed', { to: GRACE });
    deliver({ From: 'Eve <eve@elsewhere.example>', To: SUPPORT.address, Cc: ADA, 'In-Reply-To': question });
    await poll();
    expect(await events()).toMatchObject([{ sender: { wasRecipient: false }, answers: { to: [GRACE] } }]);
  });

  it('of another mailbox is not routed, though both have mail of one domain', async () => {
    const { outcome } = await stack.send({ mailbox: SALES.id, idempotencyKey: 'of sales' });
    deliver({ 'In-Reply-To': String(outcome?.messageId) });
    expect(await poll()).toMatchObject({ routed: 0, failures: [] });
  });

  it('is read in INBOX where All Mail is hidden from IMAP, and the run says so', async () => {
    const question = await ask('hidden');
    stack.google.account(SUPPORT.address).showInImap('all', false);
    deliver({ 'In-Reply-To': question }, {}, 'in the inbox');
    expect(await poll()).toMatchObject({ routed: 1, allMailHidden: ['support'], failures: [] });
    stack.google.account(SUPPORT.address).showInImap('all', true);
    deliver({ 'In-Reply-To': question }, { labels: [] }, 'archived');
    expect(await poll()).toMatchObject({ routed: 1, allMailHidden: [], failures: [] });
    expect((await events()).map(({ text }) => text).sort()).toEqual(['archived', 'in the inbox']);
  });

  it('is found again under the same id when all UIDs have changed', async () => {
    const question = await ask('renewed');
    deliver({ 'In-Reply-To': question }, {}, 'before');
    await poll();
    stack.google.account(SUPPORT.address).renewUids('all');
    deliver({ 'In-Reply-To': question }, {}, 'after');
    expect(await poll()).toMatchObject({ routed: 1, failures: [] });
    expect((await events()).map(({ text }) => text)).toEqual(['before', 'after']);
  });

  it('was there before the mailbox was connected, and is read where the mailbox asks for a date', async () => {
    const question = await ask('early');
    const old = { internalDate: Date.now() - 5 * 86_400_000 };
    deliver({ 'In-Reply-To': question }, { internalDate: Date.now() - 20 * 86_400_000 }, 'too early');
    deliver({ 'In-Reply-To': question }, old, 'early');
    await stack.setProfile({ readSince: old.internalDate - 3_600_000 });
    await stack.forgetReading();
    expect(await poll()).toMatchObject({ failures: [] });
    const texts = (await events()).map(({ text }) => text);
    expect(texts).toContain('early');
    expect(texts).not.toContain('too early');
  });
});

let count = 0;

function compose(headers: Record<string, string>, body: string): string {
  count += 1;
  const all = {
    From: `Ada <${ADA}>`,
    To: SUPPORT.address,
    Subject: `Re: mail ${count}`,
    'Message-ID': `<matched-${count}@customer.example>`,
    Date: new Date().toUTCString(),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}\r\n`;
}
