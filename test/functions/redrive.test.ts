// A redrive of the dead-letter queue, or any repeat of what was on the outbox, at any moment of a message's life: it is sent
// once, and what is waiting, held, failed or called off stays so.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADA, MAIL, mailsWith, startTestStack, type TestStack, until } from './stack.ts';

describe('a request that is on the outbox again', () => {
  let stack: TestStack;
  let redriven = 0;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('RefreshTokensFunction', {});
  });

  beforeEach(async () => {
    stack.google.faults.clear();
    await stack.passTime();
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const mailOf = (key: string, mail: object = {}) => ({ idempotencyKey: key, text: `${key}.`, ...mail });
  const state = async (key: string) => (await stack.item(key))?.state;
  const mails = (key: string) => mailsWith(stack, ADA, `${key}.`).length;

  /** As start-message-move-task puts it back: the body as it was, under another deduplication id. */
  async function redrive(key: string, mail: object = {}): Promise<void> {
    redriven += 1;
    const body = JSON.stringify({ ...MAIL, ...mailOf(key, mail) });
    await stack.enqueue(body, 'support', `redriven-${redriven}`);
  }

  it.each([
    ['was sent', {}, undefined, 'sent', 1],
    ['waits', {}, '451 4.3.0 Temporary System Problem. - gsmtp', 'waiting', 0],
    ['is held', {}, '421 4.7.0 Try again later. - gsmtp', 'waiting', 0],
    ['has failed', {}, '550 5.7.1 Denied. - gsmtp', 'failed', 0],
    ['is scheduled', { sendAt: Date.now() + 3_600_000 }, undefined, 'waiting', 0],
  ])('while it %s changes nothing', async (name, mail, reply, left, count) => {
    if (reply !== undefined) stack.google.faults.smtp({ at: 'MAIL', do: { reply } });
    await stack.send(mailOf(name, mail));
    const before = await stack.item(name);
    for (let round = 0; round < 3; round += 1) await redrive(name, mail);
    await stack.aws.idle();
    expect(await stack.item(name)).toEqual(before);
    expect(await state(name)).toBe(left);
    expect(mails(name)).toBe(count);
  });

  it('while it is being transmitted is answered without it', async () => {
    const key = 'transmitting';
    const { promise: goOn, resolve } = Promise.withResolvers<void>();
    stack.google.faults.smtp({
      at: 'dot',
      get do() {
        resolve();
        return 'stall' as const;
      },
    });
    const sending = stack.send(mailOf(key));
    await goOn;
    await redrive(key);
    await redrive(key);
    await stack.drain([mailOf(key), mailOf(key)]);
    expect(await state(key)).toBe('transmitting');
    stack.aws.killFunction(stack.output('SendMailFunction'));
    await sending;
    await stack.aws.idle();
    expect(mails(key)).toBe(0);
  });

  it('after it was cancelled does not bring it back', async () => {
    const key = 'called off';
    const mail = { sendAt: Date.now() + 3_600_000 };
    await stack.send(mailOf(key, mail));
    const { mailbox } = MAIL;
    await stack.invoke('SendMailFunction', { version: 1, mailbox, idempotencyKey: key, cancel: true });
    await redrive(key, mail);
    await stack.aws.idle();
    expect(await state(key)).toBe('cancelled');
  });

  it('a hundred times at once is one mail', async () => {
    const key = 'a hundred';
    await Promise.all(Array.from({ length: 100 }, () => redrive(key)));
    await until('it to be sent', async () => (await state(key)) === 'sent');
    await stack.aws.idle();
    expect(mails(key)).toBe(1);
  });
});
