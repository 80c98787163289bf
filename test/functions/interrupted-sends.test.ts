// Sends that are cut, stalled or killed: a mail that may have been sent is never sent again, one that was not is sent once.
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
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
  const makeDue = (key: string) => change(key, 'SET dueAt = :now', { ':now': Date.now() });

  async function change(
    key: string,
    UpdateExpression: string,
    ExpressionAttributeValues: Record<string, unknown>,
  ): Promise<void> {
    const item = await stack.item(key);
    const names = UpdateExpression.includes('#state') ? { ExpressionAttributeNames: { '#state': 'state' } } : {};
    await stack.db.send(
      new UpdateCommand({
        TableName: stack.output('MessagesTable'),
        Key: { key: item?.key },
        UpdateExpression,
        ExpressionAttributeValues,
        ...names,
      }),
    );
  }

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

  it('becomes unknown when the function dies between the dot and the reply', async () => {
    stack.google.faults.smtp({ at: 'after-dot', do: 'stall' });
    const sending = stack.send({ idempotencyKey: 'killed', text: 'killed after the dot' });
    await until('the mail to arrive', async () => mailsWith(stack, ADA, 'killed after the dot').length === 1);
    stack.aws.killFunction(stack.output('SendMailFunction'));
    expect(await sending).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect((await stack.item('killed'))?.state).toBe('transmitting');
    await isDue('killed');
    expect((await release()).outcome).toMatchObject({ unknown: 1 });
    expect((await stack.item('killed'))?.state).toBe('unknown');
    const again = await stack.send({ idempotencyKey: 'killed', text: 'killed after the dot' });
    expect(again.outcome?.kind).toBe('unknown');
    expect(mailsWith(stack, ADA, 'killed after the dot')).toHaveLength(1);
  });

  it('is taken over and sent once when its worker fell silent before it transmitted', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: 'cut' });
    const { outcome } = await stack.send({ idempotencyKey: 'silent', text: 'taken over' });
    // As a process leaves it that died between its claim and its login.
    await change('silent', 'SET #state = :claimed, leaseToken = :token, dueAt = :now', {
      ':claimed': 'claimed',
      ':token': 'gone',
      ':now': Date.now(),
    });
    expect((await release()).outcome).toMatchObject({ released: 1 });
    await until('it to be sent', async () => (await stack.item('silent'))?.state === 'sent');
    expect(mailsWith(stack, ADA, 'taken over')).toHaveLength(1);
    expect((await stack.item('silent'))?.messageId).toBe(outcome?.messageId);
  });

  it('is put back on the outbox again when its queue message is lost', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: 'cut' });
    await stack.send({ idempotencyKey: 'lost', text: 'lost by the queue' });
    await stack.aws.pauseMappings();
    await makeDue('lost');
    expect((await release()).outcome).toMatchObject({ released: 1 });
    expect((await release()).outcome).toMatchObject({ released: 0 });
    expect(Number((await stack.item('lost'))?.dueAt)).toBeGreaterThan(Date.now() + 9 * 60_000);
    stack.aws.resumeMappings();
    await until('it to be sent', async () => (await stack.item('lost'))?.state === 'sent');
    expect(mailsWith(stack, ADA, 'lost by the queue')).toHaveLength(1);
  });
});
