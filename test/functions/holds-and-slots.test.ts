// What a mailbox may send, counted at the server: never more than three connections, nothing on hold, no more than its
// quota; and whatever waits is sent in the end.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, mailsWith, SALES, startTestStack, type TestStack, until } from './stack.ts';

const THROTTLED = '421-4.7.0 Try again later, closing connection.\r\n421 4.7.0 - gsmtp';

describe('a mailbox', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES] });
    await stack.invoke('RefreshTokensFunction', {});
  });

  beforeEach(async () => {
    stack.google.faults.clear();
    for (const { id } of [SUPPORT, SALES]) await stack.passTime(id);
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const counters = (address = SUPPORT.address) => stack.google.account(address).counters;
  const keys = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name} ${index}`);
  const states = (names: readonly string[]) => Promise.all(names.map(async (key) => (await stack.item(key))?.state));

  /** As the minutes pass: everything that waits becomes due, and what holds it has had its time. */
  async function sentInTheEnd(names: readonly string[], text: string): Promise<void> {
    await until(
      `${names.length} mails to be sent`,
      async () => {
        await stack.passTime();
        for (const key of names) {
          if ((await stack.item(key))?.state === 'waiting') await stack.change(key, { dueAt: Date.now() });
        }
        await stack.invoke('ReleaseWaitingFunction', {});
        await stack.aws.idle();
        return (await states(names)).every((state) => state === 'sent');
      },
      60_000,
    );
    expect(mailsWith(stack, ADA, text)).toHaveLength(names.length);
  }

  it('has at most three connections, however many send at once, and every mail is sent once', async () => {
    const invoked = keys('invoked', 9);
    const queued = keys('queued', 10);
    const outcomes = await Promise.all([
      ...invoked.map((key) => stack.send({ idempotencyKey: key, text: 'many at once.' })),
      stack.drain(queued.map((key) => ({ idempotencyKey: key, text: 'many at once.' }))),
    ]);
    expect(counters().smtpConnectionsAtMost).toBeLessThanOrEqual(3);
    expect(outcomes.map(({ errorType }) => errorType)).toEqual(outcomes.map(() => undefined));
    await sentInTheEnd([...invoked, ...queued], 'many at once.');
    expect(counters().smtpConnectionsAtMost).toBeLessThanOrEqual(3);
  }, 90_000);

  it('neither logs in nor sends while it is held, and sends what waited when the hold is over', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: THROTTLED } });
    const { outcome } = await stack.send({ idempotencyKey: 'held 0', text: 'was held.' });
    expect(outcome).toMatchObject({ kind: 'held', code: 'MAILBOX_THROTTLED' });
    let commands = 0;
    const counted = {
      at: 'EHLO' as const,
      times: Number.POSITIVE_INFINITY,
      // Read whenever a client has said EHLO.
      get do() {
        commands += 1;
        return 'cut' as const;
      },
    };
    stack.google.faults.smtp(counted);
    const others = keys('held', 5).slice(1);
    for (const key of others) {
      const held = await stack.send({ idempotencyKey: key, text: 'was held.' });
      expect(held.outcome).toMatchObject({ kind: 'held', code: 'MAILBOX_THROTTLED', dueAt: outcome?.dueAt });
    }
    expect(
      (await stack.drain(keys('held in a batch', 10).map((key) => ({ idempotencyKey: key, text: 'was held.' }))))
        .outcome,
    ).toEqual({ batchItemFailures: [] });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 0 });
    expect(commands).toBe(0);
    expect(mailsWith(stack, ADA, 'was held.')).toEqual([]);
    stack.google.faults.clear();
    // Another mailbox goes on.
    expect((await stack.send({ idempotencyKey: 'beside', mailbox: SALES.id })).outcome?.kind).toBe('sent');
    await sentInTheEnd([...keys('held', 5), ...keys('held in a batch', 10)], 'was held.');
  }, 90_000);

  it('probes with one message when a hold is over, and is held for longer where that fails', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: THROTTLED }, times: 2 });
    const first = await stack.send({ idempotencyKey: 'probe 0', text: 'a probe.' });
    const firstMs = Number(first.outcome?.dueAt) - Date.now();
    await stack.passTime();
    const before = counters().smtpLogins;
    const event = keys('probe', 7)
      .slice(1)
      .map((key) => ({ idempotencyKey: key, text: 'a probe.' }));
    await stack.drain(event);
    expect(counters().smtpLogins - before).toBe(1);
    const waits = await Promise.all(
      keys('probe', 7).map(async (key) => Number((await stack.item(key))?.dueAt) - Date.now()),
    );
    // Doubled, and each a quarter either way.
    expect(Math.max(...waits)).toBeGreaterThan(firstMs * 1.1);
    await sentInTheEnd(keys('probe', 7), 'a probe.');
  }, 90_000);

  it('sends no more than its quota, and says when there is room again', async () => {
    const used = Object((await stack.sending())?.hours).reduce(
      (sum: number, { messages }: { messages: number }) => sum + messages,
      0,
    );
    await stack.setProfile({ limits: { messages: used + 3 } });
    const event = keys('within', 5).map((key) => ({ idempotencyKey: key, text: 'within the quota.' }));
    expect((await stack.drain(event)).outcome).toEqual({ batchItemFailures: [] });
    expect((await states(keys('within', 5))).toSorted()).toEqual(['sent', 'sent', 'sent', 'waiting', 'waiting']);
    const { outcome } = await stack.send({ idempotencyKey: 'beyond', text: 'within the quota.' });
    expect(outcome).toMatchObject({ kind: 'held', code: 'QUOTA_EXCEEDED' });
    expect(Number(outcome?.dueAt) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(mailsWith(stack, ADA, 'within the quota.')).toHaveLength(3);
    await stack.setProfile({ limits: { messages: used + 10 } });
    await sentInTheEnd([...keys('within', 5), 'beyond'], 'within the quota.');
  }, 60_000);

  it('gets back the quota of what was refused', async () => {
    const count = async () => Object((await stack.sending())?.hours).at(-1);
    const before = await count();
    const refused = await stack.send({ idempotencyKey: 'refused', to: 'nobody@customer.example' });
    expect(refused.outcome).toMatchObject({ kind: 'failed' });
    expect(await count()).toEqual(before);
  });
});
