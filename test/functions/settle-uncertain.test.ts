// What becomes of a mail whose end nobody knows: its copy counts with the stored Date only, and where there is none the same
// bytes go out again, or a person is told.
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, mailsWith, startTestStack, type TestStack } from './stack.ts';

const NEVER = 2 ** 40;
const USUAL = { onUnknown: 'send-again', protocol: 'imap' };

describe('a mail that may have been sent', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('RefreshTokensFunction', {});
    await stack.invoke('PollRepliesFunction', {});
  });

  beforeEach(async () => {
    stack.google.faults.clear();
    stack.google.setSentCopyLag(0);
    await stack.setProfile(USUAL);
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const support = () => stack.google.account(SUPPORT.address);
  const poll = async () => (await stack.invoke('PollRepliesFunction', {})).outcome;
  /** As settleAfter later. */
  async function settle(key: string, isDrained = true) {
    await stack.change(key, { dueAt: Date.now() });
    const { outcome } = await stack.invoke('ReleaseWaitingFunction', {});
    if (isDrained) await stack.aws.idle();
    return outcome;
  }

  async function leaveUncertain(key: string, mail: object = {}, at: 'dot' | 'after-dot' = 'after-dot') {
    stack.google.faults.smtp({ at, do: 'cut' });
    const { outcome } = await stack.send({ idempotencyKey: key, text: `${key}.`, ...mail });
    expect(outcome?.kind).toBe('unknown');
    return String(outcome?.messageId);
  }

  it('is settled by the copy that a poll sees, and a replay says how', async () => {
    await leaveUncertain('seen');
    expect(await poll()).toMatchObject({ settled: 1 });
    expect(await poll()).toMatchObject({ settled: 0 });
    const { outcome } = await stack.send({ idempotencyKey: 'seen', text: 'seen.' });
    expect(outcome).toMatchObject({ kind: 'replayed', saved: { kind: 'sent', settledBy: 'own-copy' } });
    expect(mailsWith(stack, ADA, 'seen.')).toHaveLength(1);
  });

  it('is found in Trash', async () => {
    const messageId = await leaveUncertain('thrown away');
    const copy = support()
      .messages('\\Sent')
      .find(({ raw }) => raw.includes(messageId));
    // As its owner would, in the web page.
    Reflect.set(Object(copy), 'labels', new Set(['\\Trash']));
    expect(await settle('thrown away')).toMatchObject({ found: 1, sentAgain: 0 });
    expect(await stack.item('thrown away')).toMatchObject({ state: 'sent', outcome: { settledBy: 'search' } });
  });

  it('is not settled by a mail that carries its Message-ID and another Date', async () => {
    stack.google.setSentCopyLag(NEVER);
    const messageId = await leaveUncertain('forged', {}, 'dot');
    const other = `From: ${SUPPORT.address}\r\nTo: ${ADA}\r\nMessage-ID: ${messageId}\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\nforged copy\r\n`;
    support().deliver(other, { labels: ['\\Sent'], asIs: true });
    expect(await poll()).toMatchObject({ settled: 0 });
    expect(await settle('forged')).toMatchObject({ found: 0, sentAgain: 1 });
    expect(mailsWith(stack, ADA, 'forged.')).toHaveLength(1);
  });

  it('goes out again as the same bytes, and says so', async () => {
    stack.google.setSentCopyLag(NEVER);
    const html = '<p>the same</p>'.repeat(20_000);
    await leaveUncertain('again', { html, attachments: [{ filename: 'a.txt', content: 'YQ==' }] });
    const Key = String((await stack.item('again'))?.requestObject);
    expect(await settle('again')).toMatchObject({ found: 0, sentAgain: 1 });
    const [one = '', other = '', ...more] = mailsWith(stack, ADA, 'again.').map(withoutTrace);
    expect(more).toEqual([]);
    expect(one).toContain('Message-ID: ');
    expect(other).toBe(one);
    expect(await stack.item('again')).toMatchObject({ state: 'sent', outcome: { settledBy: 'sent-again' } });
    const head = new HeadObjectCommand({ Bucket: stack.output('MailBucket'), Key });
    await expect(stack.s3.send(head)).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('does not go out again where its copy comes while it waits for that', async () => {
    stack.google.setSentCopyLag(NEVER);
    const messageId = await leaveUncertain('just in time');
    await stack.aws.pauseMappings();
    await stack.change('just in time', { dueAt: Date.now() });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ sentAgain: 1 });
    const [raw = ''] = mailsWith(stack, ADA, messageId);
    support().deliver(raw, { labels: ['\\Sent'], asIs: true });
    expect(await poll()).toMatchObject({ settled: 1 });
    stack.aws.resumeMappings();
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'just in time.')).toHaveLength(1);
    expect(await stack.item('just in time')).toMatchObject({ state: 'sent', outcome: { settledBy: 'own-copy' } });
  });

  it('is reported after it went out three times with no end', async () => {
    stack.google.setSentCopyLag(NEVER);
    await leaveUncertain('hopeless', {}, 'dot');
    stack.google.faults.smtp({ at: 'dot', do: 'cut', times: 3 });
    for (const sentAgain of [1, 2, 3]) {
      expect(await settle('hopeless')).toMatchObject({ sentAgain: 1, reported: 0 });
      expect(await stack.item('hopeless')).toMatchObject({ state: 'unknown', sentAgain });
    }
    expect(await settle('hopeless')).toMatchObject({ sentAgain: 0, reported: 1 });
    expect(mailsWith(stack, ADA, 'hopeless.')).toEqual([]);
    await isReported('hopeless');
  });

  it.each([
    ['where its mailbox wants that', { onUnknown: 'report' }],
    ['of a mailbox read by POP3, which shows no sent mail', { protocol: 'pop3' }],
  ])('is reported %s', async (name, profile) => {
    await stack.setProfile({ ...USUAL, ...profile });
    stack.google.setSentCopyLag(NEVER);
    await leaveUncertain(name);
    expect(await settle(name)).toMatchObject({ found: 0, sentAgain: 0, reported: 1 });
    await isReported(name);
    expect(mailsWith(stack, ADA, `${name}.`)).toHaveLength(1);
  });

  it('is reported, not called expired or cancelled, when it is no longer worth sending', async () => {
    stack.google.setSentCopyLag(NEVER);
    await leaveUncertain('stale', { notAfter: Date.now() + 60_000 });
    await stack.aws.pauseMappings();
    expect(await settle('stale', false)).toMatchObject({ sentAgain: 1 });
    const { outcome } = await stack.invoke('SendMailFunction', {
      version: 1,
      mailbox: 'support',
      idempotencyKey: 'stale',
      cancel: true,
    });
    expect(outcome?.kind).toBe('queued');
    await stack.change('stale', { notAfter: Date.now() - 1 });
    expect(await settle('stale', false)).toMatchObject({ unknown: 1, expired: 0 });
    stack.aws.resumeMappings();
    expect(await settle('stale')).toMatchObject({ found: 0, sentAgain: 0, reported: 1 });
    expect(mailsWith(stack, ADA, 'stale.')).toHaveLength(1);
    expect((await stack.receive('OutboxDeadUrl'))[0]?.MessageAttributes?.Code?.StringValue).toBe('SEND_UNCERTAIN');
  });

  it('waits while the mailbox cannot be looked into', async () => {
    await leaveUncertain('blind');
    stack.google.faults.imap({ at: 'greeting', do: 'cut' });
    expect(await settle('blind')).toMatchObject({ found: 0, failures: [{ mailbox: 'support' }] });
    const item = await stack.item('blind');
    expect(item?.state).toBe('unknown');
    expect(Number(item?.dueAt)).toBeGreaterThan(Date.now() + 4 * 60_000);
    expect(await settle('blind')).toMatchObject({ found: 1 });
  });

  it('is looked for with another token where the first is refused', async () => {
    await leaveUncertain('refused');
    support().expireAccessTokens();
    expect(await settle('refused')).toMatchObject({ found: 1, failures: [] });
  });

  it('goes out again no sooner than the quota has room for it', async () => {
    stack.google.setSentCopyLag(NEVER);
    await leaveUncertain('over quota', {}, 'dot');
    await stack.setProfile({ limits: { messages: 1 } });
    expect(await settle('over quota')).toMatchObject({ found: 0, sentAgain: 0, reported: 0 });
    expect(Number((await stack.item('over quota'))?.dueAt)).toBeGreaterThan(Date.now() + 4 * 60_000);
    await stack.setProfile({ limits: {} });
    expect(await settle('over quota')).toMatchObject({ sentAgain: 1 });
    expect(mailsWith(stack, ADA, 'over quota.')).toHaveLength(1);
  });

  it('is not looked for while its mailbox is held', async () => {
    await leaveUncertain('held');
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '421 4.7.0 Try again later. - gsmtp' } });
    await stack.send({ idempotencyKey: 'holds' });
    const before = support().counters.imapLogins;
    expect(await settle('held')).toMatchObject({ found: 0 });
    expect(support().counters.imapLogins).toBe(before);
    await stack.passTime();
    expect(await settle('held')).toMatchObject({ found: 1 });
  });

  /** A letter for a person, whose redrive sends nothing. */
  async function isReported(key: string): Promise<void> {
    const [letter, ...more] = await stack.receive('OutboxDeadUrl');
    expect(more).toEqual([]);
    expect(letter?.MessageAttributes?.Code?.StringValue).toBe('SEND_UNCERTAIN');
    const before = mailsWith(stack, ADA, `${key}.`).length;
    await stack.enqueue(letter?.Body ?? '', 'support', `redriven ${key}`);
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, `${key}.`)).toHaveLength(before);
    expect((await stack.item(key))?.dueAt).toBeUndefined();
    const { outcome } = await stack.send({ idempotencyKey: key, text: `${key}.` });
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(outcome?.dueAt).toBeUndefined();
  }
});

/** The mail without the fields that its journeys added. */
function withoutTrace(raw: string): string {
  return raw.slice(raw.lastIndexOf('\r\nFrom: '));
}
