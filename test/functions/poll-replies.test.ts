// poll-replies: every answer becomes one event beside its context; nothing else does, and no flag changes.
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReply, type ReplyEvent } from '../../lib/client/mailroom.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, SALES, startTestStack, storeMalformedProfile, type TestStack } from './stack.ts';

describe('poll-replies', () => {
  let stack: TestStack;
  let question: string;

  beforeAll(async () => {
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES] });
    stack.google.account(SUPPORT.address).deliver(mail('early', { 'In-Reply-To': '<before@shop.example>' }));
    await poll();
    const { outcome } = await stack.send({ idempotencyKey: 'question', context: { order: 1 } });
    question = String(outcome?.messageId);
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const poll = () => stack.invoke('PollRepliesFunction', {});
  const support = () => stack.google.account(SUPPORT.address);
  const events = async (): Promise<ReplyEvent[]> => (await stack.receive('RepliesUrl')).map(parseReply);

  it('routes an answer once, with the context of what it answers, over several polls', async () => {
    support().deliver(mail('Yes please.\r\n\r\nOn Monday, Shop wrote:\r\n> Hello Ada', { 'In-Reply-To': question }));
    expect((await poll()).outcome).toMatchObject({ routed: 1, failures: [] });
    expect((await poll()).outcome).toMatchObject({ routed: 0, failures: [] });
    const [event, ...others] = await events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      kind: 'reply',
      mailbox: 'support',
      text: 'Yes please.',
      from: { address: ADA },
      answers: { messageId: question, context: { order: 1 }, to: [ADA] },
      matchedBy: 'in-reply-to',
      sender: { authenticated: true, wasRecipient: true },
    });
    const { Body } = await stack.s3.send(new GetObjectCommand({ Bucket: event?.raw.bucket, Key: event?.raw.key }));
    expect(await Body?.transformToString()).toContain('Yes please.\r\n\r\nOn Monday');
  });

  it('matches by References alone, and says so; a stranger was no recipient', async () => {
    support().deliver(mail('me too', { References: `<x@y.example> ${question}`, From: 'Eve <eve@elsewhere.example>' }));
    await poll();
    expect(await events()).toMatchObject([{ matchedBy: 'references', sender: { wasRecipient: false } }]);
  });

  it.each([
    ['auto-reply', { 'Auto-Submitted': 'auto-replied' }, 'text/plain'],
    ['bounce', {}, 'multipart/report; report-type=delivery-status; boundary=b'],
  ])('calls an automatic answer by its kind: %s', async (kind, headers, type) => {
    support().deliver(mail('robot', { 'In-Reply-To': question, 'Content-Type': type, ...headers }));
    await poll();
    expect(await events()).toMatchObject([{ kind }]);
  });

  it('finds an answer that was archived at once', async () => {
    support().deliver(mail('archived', { 'In-Reply-To': question }), { labels: [] });
    await poll();
    expect(await events()).toMatchObject([{ text: 'archived' }]);
  });

  it('begins anew where the position is in the mail of another address, which had this id before', async () => {
    const table = { TableName: stack.output('MailboxesTable'), Key: { key: 'support#reading' } };
    const far = { uid: 1_000_000, marks: [] };
    await stack.db.send(
      new UpdateCommand({
        ...table,
        UpdateExpression: 'SET address = :other, readTo.uid = :uid, readTo.marks = :marks',
        ExpressionAttributeValues: { ':other': 'before@shop.example', ':uid': far.uid, ':marks': far.marks },
      }),
    );
    expect((await poll()).outcome).toMatchObject({ routed: 0, failures: [] });
    expect((await stack.db.send(new GetCommand(table))).Item).toMatchObject({ address: SUPPORT.address });
    support().deliver(mail('to the new one', { 'In-Reply-To': question }));
    await poll();
    expect(await events()).toMatchObject([{ text: 'to the new one' }]);
  });

  it('makes no event of other mail, of drafts, of our own answers, or of what answers another mailbox', async () => {
    support().deliver(mail('unrelated', {}));
    support().deliver(mail('draft', { 'In-Reply-To': question, From: SUPPORT.address }), { labels: ['\\Draft'] });
    stack.google.account(SALES.address).deliver(mail('to sales', { 'In-Reply-To': question }));
    await stack.send({ idempotencyKey: 'our-answer', inReplyTo: question });
    expect((await poll()).outcome).toMatchObject({ routed: 0, failures: [] });
    expect(await events()).toEqual([]);
  });

  it('makes one event when two polls run at once', async () => {
    support().deliver(mail('raced', { 'In-Reply-To': question }));
    await Promise.all([poll(), poll(), poll()]);
    await poll();
    expect(await events()).toMatchObject([{ text: 'raced' }]);
  });

  it('fits an event of a huge mail into a queue message and keeps all of it in the bucket', async () => {
    const html = `<p>${'long '.repeat(500_000)}</p>`;
    support().deliver(mail(html, { 'In-Reply-To': question, 'Content-Type': 'text/html' }));
    await poll();
    const [event] = await events();
    expect(event?.truncated).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(256 * 1024);
    const { ContentLength } = await stack.s3.send(
      new HeadObjectCommand({ Bucket: event?.raw.bucket, Key: event?.raw.key }),
    );
    expect(ContentLength).toBeGreaterThan(2_000_000);
  });

  it('puts a mail that cannot be parsed on the dead-letter queue, and reads on', async () => {
    const open = Array.from(
      { length: 300 },
      (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
    );
    support().deliver(`${nestedHeaders(question)}${open.join('')}`);
    support().deliver(mail('after the bad one', { 'In-Reply-To': question }));
    expect((await poll()).outcome).toMatchObject({ failures: [] });
    const [letter] = await stack.receive('RepliesDeadUrl');
    expect(JSON.parse(letter?.Body ?? '')).toMatchObject({
      mailbox: 'support',
      raw: { key: expect.stringContaining('raw/support/') },
    });
    expect(await events()).toMatchObject([{ text: 'after the bad one' }]);
  });

  it('reads the other mailboxes when one has a dead grant or a malformed profile, and replaces a token that died', async () => {
    await storeMalformedProfile(stack, 'wrong');
    stack.google.account(SALES.address).revokeGrants();
    support().expireAccessTokens();
    support().deliver(mail('still read', { 'In-Reply-To': question }));
    const { outcome } = await poll();
    const failures = [
      { mailbox: 'wrong', code: 'MAILBOX_MALFORMED', message: expect.stringContaining('address') },
      { mailbox: 'sales', code: 'GRANT_DEAD' },
    ];
    expect(outcome).toMatchObject({ routed: 1, failures });
    expect(await events()).toMatchObject([{ text: 'still read' }]);
  });

  it('has changed no flag', () => {
    expect(
      support()
        .messages('INBOX')
        .flatMap(({ flags }) => [...flags]),
    ).toEqual([]);
  });
});

let count = 0;

function mail(body: string, headers: Record<string, string>): string {
  count += 1;
  const all = {
    From: `Ada <${ADA}>`,
    To: SUPPORT.address,
    Subject: 'Re: Hello',
    'Message-ID': `<reply-${count}@customer.example>`,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}\r\n`;
}

function nestedHeaders(question: string): string {
  return `From: ${ADA}\r\nTo: ${SUPPORT.address}\r\nSubject: nested\r\nMessage-ID: <nested@customer.example>\r\nIn-Reply-To: ${question}\r\n`;
}
