// refresh-tokens where AWS fails it: nobody waits for a lease that was left, what Google gave is not lost, and people see
// that the grant does not fare well.
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refreshTokens } from '../../functions/refresh-tokens/refresh-tokens.ts';
import { createGrants } from '../../lib/aws/grants.ts';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import { type Deadline, toEpochMs } from '../../lib/core/time.ts';
import { type CallsProxy, startCallsProxy, type Verdict } from './calls-proxy.ts';
import { startTestStack, type TestStack } from './stack.ts';

describe('refresh-tokens, where AWS fails', () => {
  let stack: TestStack;
  let vault: CallsProxy;

  beforeAll(async () => {
    vault = await startCallsProxy();
    stack = await startTestStack({ processEnvironment: { AWS_ENDPOINT_URL_SECRETS_MANAGER: vault.url } });
    vault.target = stack.aws.endpoints.secretsmanager;
  });

  beforeEach(async () => {
    vault.onCall = () => 'pass';
    stack.google.faults.clear();
    const Key = { key: 'support#grant' };
    const UpdateExpression = 'REMOVE tokenVersion, failure, failingSince, pace';
    await stack.db.send(new UpdateCommand({ TableName: stack.output('MailboxesTable'), Key, UpdateExpression }));
  });

  afterAll(async () => {
    await stack?.stop();
    await vault?.close();
  });

  const refresh = async (payload: object = { mailbox: 'support' }) =>
    (await stack.invoke('RefreshTokensFunction', payload)).outcome;
  const health = async () => {
    const get = new GetCommand({ TableName: stack.output('MailboxesTable'), Key: { key: 'support#grant' } });
    return (await stack.db.send(get)).Item;
  };
  /** Cuts so many calls that write a secret whose name has this in it. */
  function cutWrites(name: string, times = Number.POSITIVE_INFINITY): void {
    let left = times;
    vault.onCall = (operation, body): Verdict => {
      if (operation !== 'PutSecretValue' || !body.includes(name) || left === 0) return 'pass';
      left -= 1;
      return 'drop';
    };
  }

  it.each([
    ['a sender', { mailbox: 'support' }],
    ['the schedule', {}],
  ])('records that a token could not be stored, for %s, and leaves the lease to the next', async (_whose, payload) => {
    cutWrites('access-tokens');
    const failed = { mailbox: 'support', code: 'TOKEN_UNAVAILABLE' };
    const outcome = await refresh(payload);
    expect('mailbox' in payload ? outcome : outcome?.failures).toMatchObject('mailbox' in payload ? failed : [failed]);
    expect(await health()).toMatchObject({ failure: 'TOKEN_UNAVAILABLE', failingSince: expect.any(Number) });
    expect(await health()).not.toHaveProperty('refreshingUntil');
    vault.onCall = () => 'pass';
    const begun = performance.now();
    expect(await refresh()).toMatchObject({ kind: 'refreshed' });
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(await health()).not.toHaveProperty('failure');
  });

  it('does not lose a refresh token that Google has replaced, where Secrets Manager fails for a moment', async () => {
    const body = { access_token: 'ya29.new', expires_in: 3_599, refresh_token: '1//new', token_type: 'Bearer' };
    stack.google.faults.oauth({ at: 'token', do: { status: 200, body } });
    // The SDK gives up after three attempts.
    cutWrites('grants', 4);
    expect(await refresh()).toMatchObject({ kind: 'refreshed' });
    const { SecretString } = await stack.secrets.send(
      new GetSecretValueCommand({ SecretId: 'Mailroom/grants/support' }),
    );
    expect(JSON.parse(SecretString ?? '')).toMatchObject({ refreshToken: '1//new' });
  });

  it('ends in words where someone else keeps the lease for all of its time, and begins nothing after that', async () => {
    const mailbox = parse(MailboxIdSchema, 'support', 'EVENT_INVALID', 'test');
    const now = () => toEpochMs(Date.now());
    const grants = createGrants({
      secrets: stack.secrets,
      db: stack.db,
      table: stack.output('MailboxesTable'),
      grantsPrefix: 'Mailroom/grants',
      accessTokensPrefix: 'Mailroom/access-tokens',
      now,
      createLeaseToken: () => 'of this test',
    });
    const endpoint = {
      exchange: async () => expect.unreachable('Google is not to be asked'),
      revoke: async () => expect.unreachable('nothing is to be revoked'),
    };
    const request = { mailbox, minimumMs: 1, isScheduled: true };
    const lease = await grants.begin(mailbox);
    if (lease === undefined) throw new Error('the lease is free');
    const late = { mailbox, kind: 'failed', code: 'DEADLINE_EXCEEDED' };
    expect(await refreshTokens({ grants, endpoint, now }, request, deadlineIn(300))).toMatchObject(late);
    await grants.giveUp(lease);
    expect(await refreshTokens({ grants, endpoint, now }, request, deadlineIn(0))).toMatchObject(late);
    expect(await health()).not.toHaveProperty('failure');
  });
});

function deadlineIn(milliseconds: number): Deadline {
  const end = performance.now() + milliseconds;
  return { remainingMs: () => Math.max(0, end - performance.now()), signal: AbortSignal.timeout(milliseconds) };
}
