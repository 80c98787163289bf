// Mail that is not for now, and mail that is not for later.
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorldClock, type WorldClock } from '../settling/world-clock.ts';
import { ADA, mailsWith, startTestStack, type TestStack } from './stack.ts';

const DAY = 86_400_000;

describe('a mail for later', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('RefreshTokensFunction', {});
  });

  beforeEach(() => {
    stack.google.faults.clear();
  });

  afterAll(async () => {
    await stack?.stop();
  });

  async function becomesDue(key: string): Promise<void> {
    await stack.change(key, { dueAt: Date.now() });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 1 });
    await stack.aws.idle();
  }

  it.each(['invoked', 'queued'])('waits for its time, without a login, and is sent once then (%s)', async (way) => {
    const before = stack.google.account('support@shop.example').counters.smtpLogins;
    const sendAt = Date.now() + 300 * DAY;
    const mail = { idempotencyKey: `later ${way}`, text: `later, ${way}.`, sendAt };
    if (way === 'queued') expect((await stack.drain([mail])).outcome).toEqual({ batchItemFailures: [] });
    const { outcome } = await stack.send(mail);
    expect(outcome).toMatchObject({ kind: 'scheduled', dueAt: sendAt });
    expect((await stack.send(mail)).outcome).toEqual(outcome);
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 0 });
    expect(stack.google.account('support@shop.example').counters.smtpLogins).toBe(before);
    await becomesDue(mail.idempotencyKey);
    const [sent = '', ...more] = mailsWith(stack, ADA, mail.text);
    expect(more).toEqual([]);
    expect(sent).toContain(`Message-ID: ${outcome?.messageId}`);
    expect(Date.parse(/^Date: (.+)\r$/im.exec(sent)?.[1] ?? '')).toBe(Math.floor(sendAt / 1_000) * 1_000);
    expect((await stack.send(mail)).outcome).toMatchObject({ kind: 'replayed', saved: { kind: 'sent' } });
  });

  it('keeps a large request for as long', async () => {
    const mail = { idempotencyKey: 'large', text: 'large. '.repeat(30_000), sendAt: Date.now() + DAY };
    expect((await stack.send(mail)).outcome?.kind).toBe('scheduled');
    const Key = String((await stack.item('large'))?.requestObject);
    await stack.s3.send(new HeadObjectCommand({ Bucket: stack.output('MailBucket'), Key }));
    await becomesDue('large');
    expect(mailsWith(stack, ADA, 'large. large.')).toHaveLength(1);
  });

  it('is sent at once where its time has passed', async () => {
    const mail = { idempotencyKey: 'past', sendAt: Date.now() - DAY };
    expect((await stack.send(mail)).outcome?.kind).toBe('sent');
  });

  it.each([
    ['sendAt', { sendAt: Date.now() + 400 * DAY }],
    ['sendAt', { sendAt: 1.5 }],
    ['sendAt', { sendAt: '2026-12-01' }],
    ['notAfter', { notAfter: -1 }],
    ['notAfter', { sendAt: Date.now() + 2 * DAY, notAfter: Date.now() + DAY }],
  ])('is refused by the name of %s: %o', async (field, change) => {
    const answer = await stack.send({ idempotencyKey: `wrong ${JSON.stringify(change)}`, ...change });
    expect(answer).toMatchObject({ errorType: 'REQUEST_INVALID', errorMessage: expect.stringContaining(field) });
  });
});

describe('a mail that is not for later', () => {
  let stack: TestStack;
  let clock: WorldClock;

  beforeAll(async () => {
    clock = startWorldClock();
    stack = await startTestStack({ processEnvironment: clock.environment });
    await stack.invoke('RefreshTokensFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
    clock?.stop();
  });

  it('is sent before its time has passed', async () => {
    const mail = { idempotencyKey: 'code', notAfter: Date.now() + DAY };
    expect((await stack.send(mail)).outcome?.kind).toBe('sent');
  });

  it('expires where it could not be sent in time, and is never sent', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '451 4.3.0 Temporary System Problem. - gsmtp' } });
    const mail = { idempotencyKey: 'stale', text: 'a stale code.', notAfter: Date.now() + 600_000 };
    expect((await stack.send(mail)).outcome?.kind).toBe('queued');
    clock.advance(600_001);
    await stack.change('stale', { dueAt: Date.now() });
    await stack.invoke('ReleaseWaitingFunction', {});
    await stack.aws.idle();
    const saved = { kind: 'expired', notAfter: mail.notAfter };
    expect(await stack.item('stale')).toMatchObject({ state: 'expired', outcome: saved });
    expect((await stack.send(mail)).outcome).toMatchObject({ kind: 'replayed', saved });
    expect(mailsWith(stack, ADA, 'a stale code.')).toEqual([]);
    expect(await stack.receive('OutboxDeadUrl')).toEqual([]);
  });
});
