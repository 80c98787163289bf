// Mail of a mailbox that cannot log in: it waits, nothing of it is lost, and the other mailboxes go on.
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectMailbox } from '../../local/connect.ts';
import { tokenRefusals } from '../../local/google/google.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, mailsWith, SALES, startTestStack, type TestStack, until } from './stack.ts';

const QUIET = { id: 'quiet', address: 'quiet@shop.example' };

describe('a mailbox that cannot log in', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES, QUIET] });
    await stack.invoke('RefreshTokensFunction', {});
  });

  beforeEach(() => {
    stack.google.faults.clear();
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const forget = (SecretId: string) =>
    stack.secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));

  async function sendsOnceWhenDue(key: string, text: string, mailbox = 'support'): Promise<void> {
    expect(mailsWith(stack, ADA, text)).toEqual([]);
    await stack.change(key, { dueAt: Date.now() }, mailbox);
    await stack.passTime(mailbox);
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 1 });
    await until(`${key} to be sent`, async () => (await stack.item(key, mailbox))?.state === 'sent');
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, text)).toHaveLength(1);
  }

  it.each([
    ['OAUTH_THROTTLED', tokenRefusals.tooManyRequests],
    ['OAUTH_UNREACHABLE', tokenRefusals.serverError],
    ['OAUTH_UNREACHABLE', 'cut'],
    ['GRANT_BLOCKED_BY_POLICY', tokenRefusals.adminPolicyEnforced],
  ] as const)('holds its mail back with %s, and sends it once when there is a token again', async (code, action) => {
    const key = `${code} ${JSON.stringify(action).length}`;
    stack.google.account(SUPPORT.address).expireAccessTokens();
    stack.google.faults.oauth({ at: 'token', do: action, times: Number.POSITIVE_INFINITY, mailbox: SUPPORT.address });
    const before = Date.now();
    const { outcome } = await stack.send({ idempotencyKey: key, text: `held, ${key}.` });
    expect(outcome).toMatchObject({ kind: 'held', code });
    expect(Number(outcome?.dueAt)).toBeGreaterThanOrEqual(before + 3 * 60_000);
    expect((await stack.send({ idempotencyKey: key, mailbox: 'sales' })).outcome?.kind).toBe('sent');
    stack.google.faults.clear();
    await sendsOnceWhenDue(key, `held, ${key}.`);
  });

  it('holds its mail back when its grant was revoked, and sends it once when it is connected again', async () => {
    stack.google.account(SALES.address).revokeGrants();
    const mail = { idempotencyKey: 'revoked', mailbox: 'sales', text: 'the grant was revoked' };
    expect((await stack.send(mail)).outcome).toMatchObject({ kind: 'held', code: 'GRANT_DEAD' });
    expect((await stack.send(mail)).outcome).toMatchObject({ kind: 'held', code: 'GRANT_DEAD' });
    await forget('Mailroom/grants/sales');
    await connectMailbox(stack.google, stack.aws, SALES);
    await stack.change('revoked', { dueAt: Date.now() }, 'sales');
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 0 });
    await stack.invoke('RefreshTokensFunction', { mailbox: 'sales' });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 1 });
    await until('it to be sent', async () => (await stack.item('revoked', 'sales'))?.state === 'sent');
    expect(mailsWith(stack, ADA, 'the grant was revoked')).toHaveLength(1);
  });

  it('tries one new token, and no more, when the server refuses that too', async () => {
    const refusal = '535-5.7.8 Username and Password not accepted. For more information, go to\r\n535 5.7.8 - gsmtp';
    stack.google.faults.smtp({ at: 'AUTH', do: { reply: refusal }, times: 2 });
    const { outcome } = await stack.send({ idempotencyKey: 'refused-twice', text: 'refused twice' });
    expect(outcome).toMatchObject({ kind: 'held', code: 'AUTHENTICATION_REFUSED' });
    await sendsOnceWhenDue('refused-twice', 'refused twice');
  });

  it.each([
    ['MAILBOX_THROTTLED', 'AUTH', '454 4.7.0 Too many login attempts, please try again later. - gsmtp'],
    ['AUTHENTICATION_REFUSED', 'AUTH', '534-5.7.14 Please log in via your web browser\r\n534 5.7.14 - gsmtp'],
    ['QUOTA_EXCEEDED', 'DATA', '550-5.4.5 Daily user sending limit exceeded.\r\n550 5.4.5 - gsmtp'],
    ['MAILBOX_THROTTLED', 'MAIL', '421 4.7.0 Try again later, closing connection. - gsmtp'],
  ] as const)('holds its mail back with %s, refused at %s', async (code, at, reply) => {
    const key = `${code} ${at}`;
    stack.google.faults.smtp({ at, do: { reply } });
    const before = Date.now();
    const { outcome } = await stack.send({ idempotencyKey: key, text: `not now, ${key}.` });
    expect(outcome).toMatchObject({ kind: 'held', code });
    expect(Number(outcome?.dueAt)).toBeGreaterThanOrEqual(before + 60_000);
    await sendsOnceWhenDue(key, `not now, ${key}.`);
  });

  it('gets a new token where the secret of the old one was deleted', async () => {
    await forget('Mailroom/access-tokens/quiet');
    await stack.db.send(
      new UpdateCommand({
        TableName: stack.output('MailboxesTable'),
        Key: { key: 'quiet#grant' },
        UpdateExpression: 'SET refreshedAt = :then',
        ExpressionAttributeValues: { ':then': Date.now() - 5 * 60_000 },
      }),
    );
    const mail = { idempotencyKey: 'deleted', mailbox: 'quiet', text: 'its token was deleted' };
    expect((await stack.send(mail)).outcome?.kind).toBe('sent');
  });
});
