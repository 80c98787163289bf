// Sends that are cut, stalled or killed: a mail that may have been sent is never sent again, one that was not is sent once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADA, mailsWith, startTestStack, type TestStack, until } from './stack.ts';

describe('an interrupted send', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ parameters: { ClaimLeaseSeconds: '1' } });
    await stack.invoke('RefreshTokensFunction', {});
  });

  beforeEach(() => {
    stack.google.faults.clear();
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const release = () => stack.invoke('ReleaseWaitingFunction', {});
  const isDue = (key: string) =>
    until(`${key} to be due`, async () => Number((await stack.item(key))?.dueAt) <= Date.now());
  const makeDue = (key: string) => stack.change(key, { dueAt: Date.now() });

  it('is unknown, and stays so, when the connection ends after the final dot', async () => {
    stack.google.faults.smtp({ at: 'after-dot', do: 'cut' });
    const first = await stack.send({ idempotencyKey: 'cut-after-dot', text: 'cut after the dot' });
    expect(first.outcome?.kind).toBe('unknown');
    const second = await stack.send({ idempotencyKey: 'cut-after-dot', text: 'cut after the dot' });
    expect(second.outcome).toMatchObject({ kind: 'unknown', messageId: first.outcome?.messageId });
    await release();
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'cut after the dot')).toHaveLength(1);
  });

  it.each([
    ['greeting', 'SMTP_UNREACHABLE'],
    ['EHLO', 'SMTP_UNREACHABLE'],
    ['AUTH', 'SMTP_UNREACHABLE'],
    ['MAIL', 'SMTP_UNREACHABLE'],
    ['RCPT', 'SMTP_UNREACHABLE'],
    ['DATA', 'SMTP_UNREACHABLE'],
  ] as const)('waits when the connection is cut at %s, and is sent once when released', async (at, code) => {
    // A connection that is lost before it is needed is opened once more.
    stack.google.faults.smtp({ at, do: 'cut', times: 2 });
    const key = `cut-${at}`;
    const { outcome } = await stack.send({ idempotencyKey: key, text: `cut at ${at}.` });
    expect(outcome).toMatchObject({ kind: 'queued', code });
    expect(mailsWith(stack, ADA, `cut at ${at}.`)).toHaveLength(0);
    stack.google.faults.clear();
    await makeDue(key);
    await release();
    await until(`${key} to be sent`, async () => (await stack.item(key))?.state === 'sent');
    await release();
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, `cut at ${at}.`)).toHaveLength(1);
    expect((await stack.item(key))?.messageId).toBe(outcome?.messageId);
  });

  it('waits on a temporary refusal of the server', async () => {
    stack.google.faults.smtp({
      at: 'MAIL',
      do: { reply: '421 4.3.0 Temporary System Problem. Try again later. - gsmtp' },
    });
    const { outcome } = await stack.send({ idempotencyKey: 'busy', text: 'busy' });
    expect(outcome).toMatchObject({ kind: 'queued', code: 'SERVER_BUSY' });
  });

  it('fails for good when the server refuses the mail after the dot', async () => {
    stack.google.faults.smtp({
      at: 'dot',
      do: { reply: '552 5.2.3 Your message exceeded Google size limits. - gsmtp' },
    });
    const { outcome } = await stack.send({ idempotencyKey: 'too-large', text: 'too large' });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'MESSAGE_TOO_LARGE' });
  });

  it.each(['body', 'after-dot'] as const)('becomes unknown when the function dies at %s', async (at) => {
    const key = `killed-${at}`;
    const mail = { idempotencyKey: key, text: `killed at ${at}.` };
    const isThere = at === 'after-dot' ? 1 : 0;
    await killAt(at, mail);
    expect((await stack.item(key))?.state).toBe('transmitting');
    await isDue(key);
    expect((await release()).outcome).toMatchObject({ unknown: 1, released: 0 });
    expect((await stack.item(key))?.state).toBe('unknown');
    expect((await stack.send(mail)).outcome?.kind).toBe('unknown');
    expect((await release()).outcome).toMatchObject({ unknown: 0, released: 0 });
    expect(mailsWith(stack, ADA, `killed at ${at}.`)).toHaveLength(isThere);
  });

  it.each(['greeting', 'EHLO', 'AUTH'] as const)(
    'is taken over and sent once when the function dies at %s',
    async (at) => {
      const key = `killed-${at}`;
      await killAt(at, { idempotencyKey: key, text: `killed at ${at}.` });
      expect((await stack.item(key))?.state).toBe('claimed');
      await isDue(key);
      await stack.passTime();
      expect((await release()).outcome).toMatchObject({ released: 1, unknown: 0 });
      await until('it to be sent', async () => (await stack.item(key))?.state === 'sent');
      await stack.aws.idle();
      expect(mailsWith(stack, ADA, `killed at ${at}.`)).toHaveLength(1);
    },
  );

  it('leaves, of a batch whose function died, one mail of each message', async () => {
    const batch = Array.from({ length: 6 }, (_, index) => ({ idempotencyKey: `dying-${index}`, text: 'dying batch' }));
    const states = () => Promise.all(batch.map(async ({ idempotencyKey: key }) => (await stack.item(key))?.state));
    stack.google.faults.smtp({ at: 'after-dot', do: 'stall' });
    stack.google.faults.smtp({ at: 'MAIL', do: 'stall' });
    const draining = stack.drain(batch);
    await until('four to be sent', async () => (await states()).filter((state) => state === 'sent').length === 4);
    stack.aws.killFunction(stack.output('DrainOutboxFunction'));
    expect((await draining).errorType).toBe('Runtime.ExitError');
    await until('its processes to be gone', async () => (await stack.drain([])).outcome);
    await stack.passTime();
    expect((await states()).filter((state) => state === 'transmitting')).toHaveLength(2);
    expect((await stack.drain(batch)).outcome).toEqual({ batchItemFailures: [] });
    // Their leases need not end in the same run.
    await until('the leases to end', async () => {
      await release();
      return (await states()).filter((state) => state === 'unknown').length === 2;
    });
    expect((await stack.drain(batch)).outcome).toEqual({ batchItemFailures: [] });
    expect((await states()).sort()).toEqual(['sent', 'sent', 'sent', 'sent', 'unknown', 'unknown']);
    expect(mailsWith(stack, ADA, 'dying batch')).toHaveLength(5);
  });

  async function killAt(
    at: 'greeting' | 'EHLO' | 'AUTH' | 'body' | 'after-dot',
    mail: { idempotencyKey: string; text: string },
  ) {
    const { promise: stalled, resolve } = Promise.withResolvers<void>();
    const fault = {
      at,
      // Read when the server comes to this point.
      get do() {
        resolve();
        return 'stall' as const;
      },
    };
    stack.google.faults.smtp(fault);
    // A process that was killed before keeps its slot for the time of its lease.
    await stack.passTime();
    const sending = stack.send(mail);
    await stalled;
    await until('its item', () => stack.item(mail.idempotencyKey));
    // Time enough for the stalled one to write whatever it writes before the server answers.
    expect((await stack.send({ idempotencyKey: `beside ${mail.idempotencyKey}` })).outcome?.kind).toBe('sent');
    stack.aws.killFunction(stack.output('SendMailFunction'));
    expect(await sending).toMatchObject({ errorType: 'Runtime.ExitError' });
  }
});
