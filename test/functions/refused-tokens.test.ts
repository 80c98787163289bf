// Tokens that servers refuse: replaced at once, though only so often; what waits meanwhile is neither lost nor sent twice.
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
} from '@aws-sdk/client-secrets-manager';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADA, mailsWith, startTestStack, type TestStack, until } from './stack.ts';

const REFUSAL = '535-5.7.8 Username and Password not accepted.\r\n535 5.7.8 - gsmtp';

describe('a refused token', () => {
  let stack: TestStack;
  /** How far Google's clock is ahead of the functions'. */
  let aheadMs = 0;

  beforeAll(async () => {
    stack = await startTestStack({ google: { now: () => Date.now() + aheadMs } });
  });

  beforeEach(async () => {
    aheadMs = 0;
    stack.google.faults.clear();
    await stack.passPace();
    await stack.passTime();
    await stack.invoke('RefreshTokensFunction', { mailbox: 'support', refused: await version() });
  });

  afterAll(() => stack?.stop());

  const SecretId = 'Mailroom/access-tokens/support';
  const version = async () => {
    const { SecretList = [] } = await stack.secrets.send(new ListSecretsCommand({}));
    if (!SecretList.some(({ Name }) => Name === SecretId)) return undefined;
    return (await stack.secrets.send(new GetSecretValueCommand({ SecretId }))).VersionId;
  };
  const refuse = async () =>
    (await stack.invoke('RefreshTokensFunction', { mailbox: 'support', refused: await version() })).outcome;
  const useUp = async () => {
    let answer = await refuse();
    while (answer?.kind === 'refreshed') answer = await refuse();
    return answer;
  };

  it('is replaced at once, and so is the next', async () => {
    const seen = [await version()];
    for (let count = 0; count < 2; count += 1) {
      expect(await refuse()).toMatchObject({ kind: 'refreshed' });
      seen.push(await version());
    }
    expect(new Set(seen).size).toBe(3);
  });

  it('is not replaced for ever: who asks is told when the next is made, and the schedule still makes one', async () => {
    const versions = async () => {
      const list = new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true });
      return (await stack.secrets.send(list)).Versions?.length ?? 0;
    };
    const answer = await useUp();
    expect(answer).toMatchObject({ kind: 'failed', code: 'TOKEN_UNAVAILABLE' });
    const next = Date.parse(/\d{4}-\S+Z/.exec(String(answer?.message))?.[0] ?? '');
    expect(next).toBeGreaterThan(Date.now());
    expect(next).toBeLessThan(Date.now() + 21 * 60_000);
    const before = await versions();
    await refuse();
    expect(await versions()).toBe(before);
    await stack.db.send(
      new UpdateCommand({
        TableName: stack.output('MailboxesTable'),
        Key: { key: 'support#grant' },
        UpdateExpression: 'SET tokenExpiresAt = :soon',
        ExpressionAttributeValues: { ':soon': Date.now() + 30 * 60_000 },
      }),
    );
    expect((await stack.invoke('RefreshTokensFunction', {})).outcome).toMatchObject({ refreshed: 1 });
    expect(await versions()).toBe(before + 1);
    const { Item } = await stack.db.send(
      new GetCommand({ TableName: stack.output('MailboxesTable'), Key: { key: 'support#grant' } }),
    );
    expect(Item).not.toHaveProperty('failure');
    expect(Item).not.toHaveProperty('leaseToken');
  });

  it('holds mail and reading back when it is not replaced any more, and nothing is lost', async () => {
    stack.google.faults.smtp({ at: 'AUTH', do: { reply: REFUSAL }, times: Number.POSITIVE_INFINITY });
    await useUp();
    const { outcome } = await stack.send({ idempotencyKey: 'paced', text: 'waits for a token' });
    expect(outcome).toMatchObject({ kind: 'held', code: 'TOKEN_UNAVAILABLE' });
    stack.google.account('support@shop.example').expireAccessTokens();
    const polled = await stack.invoke('PollRepliesFunction', {});
    expect(polled.outcome).toMatchObject({ failures: [{ mailbox: 'support', code: 'TOKEN_UNAVAILABLE' }] });
    await stack.invoke('PollRepliesFunction', {});
    const { imapLogins } = stack.google.account('support@shop.example').counters;
    const held = await stack.invoke('PollRepliesFunction', {});
    expect(held.outcome).toMatchObject({ held: [{ mailbox: 'support', code: 'TOKEN_UNAVAILABLE' }] });
    expect(stack.google.account('support@shop.example').counters.imapLogins).toBe(imapLogins);
    stack.google.faults.clear();
    await stack.passPace();
    await stack.passReadingTime();
    expect((await stack.invoke('PollRepliesFunction', {})).outcome).toMatchObject({ failures: [] });
    await stack.change('paced', { dueAt: Date.now() });
    await stack.passTime();
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 1 });
    await until('it to be sent', async () => (await stack.item('paced'))?.state === 'sent');
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'waits for a token')).toHaveLength(1);
  });

  it.each([
    ['ahead, so that a token ends before its time', 61 * 60_000, true],
    ['a day ahead', 26 * 60 * 60_000, true],
    ['behind, so that it outlives its time', -61 * 60_000, false],
  ])('where Google’s clock is %s: mail is sent, and once', async (name, skewMs, isReplaced) => {
    // It would hold an older token, and find that another was made just now.
    await stack.aws.recycle(stack.output('SendMailFunction'));
    const before = await version();
    aheadMs = skewMs;
    const text = `clock ${name}.`;
    expect((await stack.send({ idempotencyKey: name, text })).outcome?.kind).toBe('sent');
    expect((await version()) !== before).toBe(isReplaced);
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, text)).toHaveLength(1);
  });
});
