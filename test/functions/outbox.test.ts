// The outbox: every request settled once, what can never be sent put aside with its reason, and the others go on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMailbox, storeProfile } from '../../local/connect.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, GRACE, MAIL, mailsWith, startTestStack, type TestStack, until } from './stack.ts';

const SALES = { id: 'sales', address: 'sales@shop.example' };

describe('the outbox', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES] });
    await stack.invoke('RefreshTokensFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const put = (key: string, change: object = {}, group = 'support') =>
    stack.enqueue(JSON.stringify({ ...MAIL, mailbox: group, idempotencyKey: key, ...change }), group, key);
  const isSent = async (key: string, mailbox = 'support') => (await stack.item(key, mailbox))?.state === 'sent';

  it('sends fifty requests of two mailboxes, each once', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `fifty-${index}`);
    await Promise.all(
      keys.map((key, index) =>
        put(key, { to: GRACE, text: `number ${index}!` }, index % 2 === 0 ? 'support' : 'sales'),
      ),
    );
    for (const [index, key] of keys.entries()) {
      await until(`${key} to be sent`, () => isSent(key, index % 2 === 0 ? 'support' : 'sales'));
      expect(mailsWith(stack, GRACE, `number ${index}!`)).toHaveLength(1);
    }
    expect(await stack.receive('OutboxDeadUrl')).toEqual([]);
  }, 60_000);

  it('sends an event of ten records of one mailbox over at most three shared connections', async () => {
    const { counters } = stack.google.account(SALES.address);
    const before = counters.smtpLogins;
    const Records = Array.from({ length: 10 }, (_, index) => ({
      messageId: `record-${index}`,
      body: JSON.stringify({ ...MAIL, mailbox: 'sales', idempotencyKey: `ten-${index}`, text: `of ten: ${index}.` }),
      attributes: { MessageGroupId: 'sales' },
    }));
    const { outcome } = await stack.invoke('DrainOutboxFunction', { Records });
    expect(outcome).toEqual({ batchItemFailures: [] });
    expect(mailsWith(stack, ADA, 'of ten: ')).toHaveLength(10);
    expect(counters.smtpLogins - before).toBeLessThanOrEqual(3);

    const repeated = await stack.invoke('DrainOutboxFunction', { Records });
    expect(repeated.outcome).toEqual({ batchItemFailures: [] });
    expect(mailsWith(stack, ADA, 'of ten: ')).toHaveLength(10);
  });

  it('puts what can never be sent on the dead-letter queue with its reason, and sends the rest of the mailbox', async () => {
    await put('known');
    await until('known to be sent', () => isSent('known'));
    await stack.enqueue('{not json', 'support', 'bad-json');
    await put('bad-crlf', { subject: 'a\r\nBcc: eve@evil.example' });
    await put('bad-mailbox', { mailbox: 'nobody' });
    await stack.enqueue(JSON.stringify({ ...MAIL, idempotencyKey: 'known', text: 'other' }), 'support', 'bad-mismatch');
    await put('bad-recipient', { to: 'nobody@customer.example' });
    await put('good', { text: 'the good one' });
    await until('the good one', () => isSent('good'));
    await stack.aws.idle();
    const letters = await receiveAll(5);
    const codes = letters.map(({ MessageAttributes }) => MessageAttributes?.Code?.StringValue).sort();
    expect(codes).toEqual([
      'IDEMPOTENCY_MISMATCH',
      'MAILBOX_UNKNOWN',
      'RECIPIENT_REFUSED',
      'REQUEST_INVALID',
      'REQUEST_INVALID',
    ]);
    const crlf = letters.find(({ Body }) => Body?.includes('bad-crlf'));
    expect(crlf?.MessageAttributes?.Reason?.StringValue).toContain('subject:');
    expect(mailsWith(stack, ADA, 'the good one')).toHaveLength(1);
  });

  it('sends a message that was put aside once its mailbox is mended and it is redriven', async () => {
    const address = 'late@shop.example';
    stack.google.addAccount({ address });
    await storeProfile(stack.aws, { id: 'late', address });
    const body = JSON.stringify({ ...MAIL, mailbox: 'late', idempotencyKey: 'redriven', text: 'redriven' });
    await stack.enqueue(body, 'late', 'redriven-1');
    const [letter] = await receiveAll(1);
    expect(letter?.MessageAttributes?.Code?.StringValue).toBe('SECRET_MISSING');
    await connectMailbox(stack.google, stack.aws, { id: 'late', address });
    await stack.enqueue(letter?.Body ?? '', 'late', 'redriven-2');
    await until('it to be sent', () => isSent('redriven', 'late'));
    expect(mailsWith(stack, ADA, 'redriven')).toHaveLength(1);
  });

  it('lets a whole batch wait while the server cuts connections', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: 'cut', times: 3 });
    const Records = ['down-1', 'down-2', 'down-3'].map((key) => ({
      messageId: key,
      body: JSON.stringify({ ...MAIL, idempotencyKey: key, text: `${key}!` }),
      attributes: { MessageGroupId: 'support' },
    }));
    const { outcome } = await stack.invoke('DrainOutboxFunction', { Records });
    expect(outcome).toEqual({ batchItemFailures: [] });
    for (const key of ['down-1', 'down-2', 'down-3']) {
      expect(await stack.item(key)).toMatchObject({
        state: 'waiting',
        code: 'SMTP_UNREACHABLE',
        dueAt: expect.any(Number),
      });
    }
  });

  async function receiveAll(count: number) {
    const letters: Awaited<ReturnType<TestStack['receive']>> = [];
    await until(`${count} dead letters`, async () => {
      letters.push(...(await stack.receive('OutboxDeadUrl')));
      return letters.length >= count;
    });
    return letters;
  }
});
