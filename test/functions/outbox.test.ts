// The outbox: every request settled once, what can never be sent put aside with its reason, and the others go on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMailbox, storeProfile } from '../../local/connect.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, GRACE, MAIL, mailsWith, SALES, startTestStack, type TestStack, until } from './stack.ts';

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

  it('sends an event of ten records of one mailbox over at most three connections, and a repeat of it not again', async () => {
    const { counters } = stack.google.account(SALES.address);
    const before = counters.smtpLogins;
    const ten = Array.from({ length: 10 }, (_, index) => ({
      idempotencyKey: `ten-${index}`,
      text: `of ten: ${index}.`,
    }));
    expect((await stack.drain(ten, 'sales')).outcome).toEqual({ batchItemFailures: [] });
    expect(mailsWith(stack, ADA, 'of ten: ')).toHaveLength(10);
    expect(counters.smtpLogins - before).toBeLessThanOrEqual(3);
    expect(counters.smtpConnectionsAtMost).toBeLessThanOrEqual(3);

    expect((await stack.drain(ten, 'sales')).outcome).toEqual({ batchItemFailures: [] });
    expect(mailsWith(stack, ADA, 'of ten: ')).toHaveLength(10);
  });

  it('sends a record once that is delivered twice in one event', async () => {
    const twice = { idempotencyKey: 'same-event', text: 'twice in an event' };
    expect((await stack.drain([twice, twice, twice])).outcome).toEqual({ batchItemFailures: [] });
    expect(mailsWith(stack, ADA, 'twice in an event')).toHaveLength(1);
    expect(await isSent('same-event')).toBe(true);
  });

  it('replaces a refused token once for a whole batch', async () => {
    stack.google.account(SUPPORT.address).expireAccessTokens();
    const batch = Array.from({ length: 6 }, (_, index) => ({ idempotencyKey: `refused-${index}`, text: 'new token' }));
    expect((await stack.drain(batch)).outcome).toEqual({ batchItemFailures: [] });
    expect(mailsWith(stack, ADA, 'new token')).toHaveLength(6);
  });

  it('sends the good ones of an event whose first records are of no mailbox', async () => {
    const bad = Array.from({ length: 3 }, (_, index) => ({ idempotencyKey: `nobody-${index}`, mailbox: 'nobody' }));
    const good = Array.from({ length: 3 }, (_, index) => ({ idempotencyKey: `good-${index}`, text: 'among bad ones' }));
    expect((await stack.drain([...bad, ...good])).outcome).toEqual({ batchItemFailures: [] });
    expect(mailsWith(stack, ADA, 'among bad ones')).toHaveLength(3);
    const letters = await receiveAll(3);
    expect(letters.map(({ MessageAttributes }) => MessageAttributes?.Code?.StringValue)).toEqual(
      Array(3).fill('MAILBOX_UNKNOWN'),
    );
  });

  it('sends the rest of an event whose mails are refused or whose connections end', async () => {
    const numbered = (name: string, change: object) =>
      Array.from({ length: 3 }, (_, index) => ({
        idempotencyKey: `event-${name}-${index}`,
        text: 'the rest',
        ...change,
      }));
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '421 4.3.0 Temporary System Problem. - gsmtp' }, times: 3 });
    const event = [
      ...numbered('ended', {}),
      ...numbered('refused', { to: 'nobody@customer.example' }),
      ...numbered('rest', {}),
    ];
    expect((await stack.drain(event)).outcome).toEqual({ batchItemFailures: [] });
    const states = await Promise.all(event.map(async ({ idempotencyKey: key }) => (await stack.item(key))?.state));
    // Which of them the server cuts off is theirs to race for.
    expect(states.filter((state) => state === 'waiting')).toHaveLength(3);
    const [failed, sent] = [states.slice(3, 6), [...states.slice(0, 3), ...states.slice(6)]];
    const isFailed = failed.filter((state) => state !== 'waiting');
    const isSent = sent.filter((state) => state !== 'waiting');
    expect([...isFailed, ...isSent]).toEqual([...isFailed.map(() => 'failed'), ...isSent.map(() => 'sent')]);
    expect(mailsWith(stack, ADA, 'the rest')).toHaveLength(isSent.length);
    expect(await receiveAll(isFailed.length)).toHaveLength(isFailed.length);
  });

  it('sends each mail by its own mailbox, whatever group its record came in', async () => {
    const mixed = Array.from({ length: 6 }, (_, index) => ({
      idempotencyKey: `mixed-${index}`,
      mailbox: index < 3 ? 'support' : 'sales',
      text: index < 3 ? 'mixed, by support' : 'mixed, by sales',
    }));
    expect((await stack.drain(mixed)).outcome).toEqual({ batchItemFailures: [] });
    const sentBy = (address: string) =>
      stack.google
        .account(address)
        .messages('\\Sent')
        .filter(({ raw }) => raw.includes('mixed, by')).length;
    expect([sentBy(SUPPORT.address), sentBy(SALES.address)]).toEqual([3, 3]);
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

  it('lets a whole batch wait while the server cuts connections, and sends each once when it is due', async () => {
    stack.google.faults.smtp({ at: 'greeting', do: 'cut', times: Number.POSITIVE_INFINITY });
    const keys = ['down-1', 'down-2', 'down-3', 'down-4'];
    const batch = keys.map((key) => ({ idempotencyKey: key, text: 'while it was down' }));
    expect((await stack.drain(batch)).outcome).toEqual({ batchItemFailures: [] });
    const waiting = { state: 'waiting', code: 'SMTP_UNREACHABLE', dueAt: expect.any(Number) };
    for (const key of keys) expect(await stack.item(key)).toMatchObject(waiting);
    stack.google.faults.clear();
    for (const key of keys) await stack.change(key, { dueAt: Date.now() });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 4 });
    for (const key of keys) await until(`${key} to be sent`, () => isSent(key));
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'while it was down')).toHaveLength(4);
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
