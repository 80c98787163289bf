// Storing, revoking and removing a mailbox's grant: never beside a refresh, nothing of the old one left, and connecting
// again works at once.
import { randomUUID } from 'node:crypto';
import { DeleteSecretCommand, GetSecretValueCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refreshTokens } from '../../functions/refresh-tokens/refresh-tokens.ts';
import { readHealth } from '../../lib/aws/grant-health.ts';
import { type GrantStoreOptions, removeGrant, storeGrant } from '../../lib/aws/grant-store.ts';
import { createGrants } from '../../lib/aws/grants.ts';
import { type MailboxId, MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import type { TokenEndpoint } from '../../lib/core/refresh-ports.ts';
import { Secret } from '../../lib/core/secret.ts';
import { type Deadline, toEpochMs } from '../../lib/core/time.ts';
import { type Grant, parseGrant } from '../../lib/core/token.ts';
import { storeProfile } from '../../local/connect.ts';
import { authorise } from '../../local/google/authorise.ts';
import { tokenRefusals } from '../../local/google/google.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { type CallsProxy, startCallsProxy, type Verdict } from './calls-proxy.ts';
import { ADA, mailsWith, SALES, startTestStack, type TestStack, until } from './stack.ts';

const DEAD = { at: 'token', do: { status: 400, body: { error: 'invalid_grant' } } } as const;

describe('the grant of a mailbox', () => {
  let stack: TestStack;
  let oauth: CallsProxy;
  let options: GrantStoreOptions;
  let support: MailboxId;
  /** How often storing or removing has tried for the right to. */
  let attempts = 0;

  beforeAll(async () => {
    oauth = await startCallsProxy();
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES], parameters: { OauthUrl: oauth.url } });
    oauth.target = stack.google.endpoints.oauth;
    support = parse(MailboxIdSchema, 'support', 'EVENT_INVALID', 'test');
    options = {
      secrets: stack.secrets,
      db: stack.db,
      table: stack.output('MailboxesTable'),
      grantsPrefix: 'Mailroom/grants',
      accessTokensPrefix: 'Mailroom/access-tokens',
      now: () => toEpochMs(Date.now()),
      createLeaseToken: () => {
        attempts += 1;
        return randomUUID();
      },
    };
  });

  beforeEach(async () => {
    stack.google.faults.clear();
    oauth.onCall = () => 'pass';
    await storeProfile(stack.aws, SUPPORT);
    await stack.db.send(new DeleteCommand({ TableName: options.table, Key: { key: 'support#grant' } }));
    await storeGrant(options, support, await newGrant(), deadlineIn(10_000));
    await refresh();
    attempts = 0;
  });

  afterAll(async () => {
    await stack?.stop();
    await oauth?.close();
  });

  const refresh = async (request: object = {}) =>
    (await stack.invoke('RefreshTokensFunction', { mailbox: 'support', ...request })).outcome;
  const refuse = async () => refresh({ refused: (await health()).tokenVersion });
  const health = () => readHealth(stack.db, options.table, support);
  const secretsLeft = async () => {
    const { SecretList = [] } = await stack.secrets.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
    return SecretList.map(({ Name = '' }) => Name).filter((name) => name.endsWith('/support'));
  };
  const read = async (name: string) =>
    (await stack.secrets.send(new GetSecretValueCommand({ SecretId: `Mailroom/${name}/support` }))).SecretString ?? '';

  async function newGrant(more: Partial<Grant> = {}): Promise<Grant> {
    const { clientId, clientSecret } = stack.google.client;
    const { address } = SUPPORT;
    const scopes = ['https://mail.google.com/'];
    const oauthUrl = stack.google.endpoints.oauth;
    const { refreshToken } = await authorise({ oauth: oauthUrl, clientId, clientSecret, address, scopes });
    const text = JSON.stringify({ type: 'oauth', address, clientId, clientSecret, refreshToken });
    return { ...parseGrant(text, 'test'), ...more };
  }

  it('is stored with its times, and what was known of the one before is forgotten', async () => {
    stack.google.faults.oauth({ ...DEAD, times: 1 });
    expect(await refuse()).toMatchObject({ kind: 'failed', code: 'GRANT_DEAD' });
    expect(await health()).toMatchObject({ failure: 'GRANT_DEAD', announcedCode: 'GRANT_DEAD' });
    const [grantedAt, refreshTokenExpiresAt] = [toEpochMs(5_000), toEpochMs(9_000)];
    const before = await health();
    await storeGrant(options, support, await newGrant({ grantedAt, refreshTokenExpiresAt }), deadlineIn(5_000));
    expect(await health()).toEqual({ grantedAt, refreshTokenExpiresAt, pace: before.pace });
    expect(JSON.parse(await read('grants'))).toMatchObject({ grantedAt, refreshTokenExpiresAt });
  });

  it('is good for mail that the one before held back', async () => {
    stack.google.account(SUPPORT.address).revokeGrants();
    const mail = { idempotencyKey: 'held', text: 'held by the old grant' };
    expect((await stack.send(mail)).outcome).toMatchObject({ kind: 'held', code: 'GRANT_DEAD' });
    await storeGrant(options, support, await newGrant(), deadlineIn(5_000));
    expect(await refresh()).toMatchObject({ kind: 'refreshed' });
    await stack.change('held', { dueAt: Date.now() });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 1 });
    await until('it to be sent', async () => (await stack.item('held'))?.state === 'sent');
    expect(mailsWith(stack, ADA, 'held by the old grant')).toHaveLength(1);
  });

  it('is stored when a refresh of the one before has ended, whose new refresh token does not come over it', async () => {
    const stored = await newGrant();
    let storing: Promise<void> | undefined;
    const body = { access_token: 'ya29.old', expires_in: 3_599, refresh_token: '1//old', token_type: 'Bearer' };
    stack.google.faults.oauth({ at: 'token', do: { status: 200, body } });
    oauth.onCall = async (): Promise<Verdict> => {
      storing = storeGrant(options, support, stored, deadlineIn(10_000));
      await until('it to wait', async () => attempts >= 3);
      expect(JSON.parse(await read('grants'))).not.toMatchObject({ refreshToken: stored.refreshToken.reveal() });
      return 'pass';
    };
    expect(await refuse()).toMatchObject({ kind: 'refreshed' });
    oauth.onCall = () => 'pass';
    await storing;
    expect(JSON.parse(await read('grants'))).toMatchObject({ refreshToken: stored.refreshToken.reveal() });
    expect(await health()).not.toHaveProperty('tokenVersion');
  });

  it('is not stored where a refresh does not end in time', async () => {
    expect(await createGrants(options).begin(support)).toBeDefined();
    const before = await read('grants');
    const storing = storeGrant(options, support, await newGrant(), deadlineIn(300));
    await expect(storing).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('support'),
    });
    expect(await read('grants')).toBe(before);
  });

  it.each(['grants', 'access-tokens'])('is stored where the secret in %s was scheduled for deletion', async (name) => {
    await stack.secrets.send(
      new DeleteSecretCommand({ SecretId: `Mailroom/${name}/support`, RecoveryWindowInDays: 7 }),
    );
    const grant = await newGrant();
    await storeGrant(options, support, grant, deadlineIn(5_000));
    expect(await refresh()).toMatchObject({ kind: 'refreshed' });
    expect(JSON.parse(await read('grants'))).toMatchObject({ refreshToken: grant.refreshToken.reveal() });
  });

  it('is missing where its secret is scheduled for deletion, and a token that is scheduled for it comes back', async () => {
    const remove = (name: string) =>
      new DeleteSecretCommand({ SecretId: `Mailroom/${name}/support`, RecoveryWindowInDays: 7 });
    await stack.secrets.send(remove('access-tokens'));
    await stack.aws.recycle(stack.output('SendMailFunction'));
    const minutesAgo = Date.now() - 5 * 60_000;
    await stack.db.send(
      new UpdateCommand({
        TableName: options.table,
        Key: { key: 'support#grant' },
        UpdateExpression: 'SET refreshedAt = :then',
        ExpressionAttributeValues: { ':then': minutesAgo },
      }),
    );
    expect((await stack.send({ idempotencyKey: 'restored' })).outcome?.kind).toBe('sent');
    await stack.secrets.send(remove('grants'));
    expect(await refuse()).toMatchObject({ kind: 'failed', code: 'SECRET_MISSING' });
    expect(stack.aws.events().at(-1)?.detail).toMatchObject({ mailbox: 'support', cause: 'secret' });
  });

  it('is revoked at Google without a profile, and found dead the second time', async () => {
    await stack.db.send(new DeleteCommand({ TableName: options.table, Key: { key: 'support#profile' } }));
    expect(await refresh({ revoke: true })).toEqual({ mailbox: 'support', kind: 'revoked' });
    expect(await refresh({ revoke: true })).toEqual({ mailbox: 'support', kind: 'already-dead' });
    await storeProfile(stack.aws, SUPPORT);
    expect(await refuse()).toMatchObject({ kind: 'failed', code: 'GRANT_DEAD' });
  });

  it('is not called revoked where Google cannot be reached, or there is none', async () => {
    stack.google.faults.oauth({ at: 'revoke', do: tokenRefusals.serverError });
    const logged = stack.log.length;
    expect(await refresh({ revoke: true })).toMatchObject({ kind: 'failed', code: 'OAUTH_UNREACHABLE' });
    expect(stack.log.slice(logged).join('\n')).toMatch(
      /"grant not revoked".*OAUTH_UNREACHABLE|OAUTH_UNREACHABLE.*"grant not revoked"/,
    );
    await removeGrant(options, support, deadlineIn(5_000));
    expect(await refresh({ revoke: true })).toMatchObject({ kind: 'failed', code: 'SECRET_MISSING' });
  });

  it('is removed with its token and all that is known of it; what is not there is no error', async () => {
    await removeGrant(options, support, deadlineIn(5_000));
    expect(await secretsLeft()).toEqual([]);
    const item = new GetCommand({ TableName: options.table, Key: { key: 'support#grant' } });
    expect((await stack.db.send(item)).Item).toBeUndefined();
    await removeGrant(options, support, deadlineIn(5_000));
    await storeGrant(options, support, await newGrant(), deadlineIn(5_000));
    expect(await refresh()).toMatchObject({ kind: 'refreshed' });
  });

  it('is removed with the token that a refresh makes meanwhile', async () => {
    let removing: Promise<void> | undefined;
    oauth.onCall = async (): Promise<Verdict> => {
      await stack.db.send(new DeleteCommand({ TableName: options.table, Key: { key: 'support#profile' } }));
      removing ??= removeGrant(options, support, deadlineIn(10_000));
      await until('it to wait', async () => attempts >= 3);
      return 'pass';
    };
    const [first, second] = await Promise.all([refuse(), refuse()]);
    await removing;
    expect([first?.kind, second?.kind]).toContain('refreshed');
    expect(await secretsLeft()).toEqual([]);
  });

  /** A refresh whose call to Google takes so long. */
  async function slowRefresh(ms: number, meanwhile: (slow: GrantStoreOptions) => Promise<void>) {
    let late = 0;
    const slow = { ...options, now: () => toEpochMs(Date.now() + late) };
    const endpoint: TokenEndpoint = {
      async exchange() {
        late = ms;
        await meanwhile(slow);
        return { accessToken: new Secret('ya29.slow'), expiresAt: toEpochMs(slow.now() + 3_600_000) };
      },
      revoke: async () => 'revoked',
    };
    const ports = { grants: createGrants(slow), endpoint, now: slow.now };
    const { tokenVersion: refused } = await health();
    const request = { mailbox: support, refused, minimumMs: 1, isScheduled: true };
    return refreshTokens(ports, request, deadlineIn(10_000));
  }

  it('is not followed by the token of a refresh that was too slow', async () => {
    const result = await slowRefresh(31_000, (slow) => removeGrant(slow, support, deadlineIn(5_000)));
    expect(result).toMatchObject({ kind: 'failed', code: 'LEASE_LOST' });
    expect(await secretsLeft()).toEqual([]);
    expect(await health()).toEqual({});
  });

  it('is kept for a slow refresh that nobody has taken over from', async () => {
    let until = 0;
    const result = await slowRefresh(15_000, async () => {
      until = (await health()).refreshingUntil ?? 0;
    });
    expect(result).toMatchObject({ kind: 'refreshed' });
    expect(until).toBeGreaterThan(Date.now());
    expect(await read('access-tokens')).toContain('ya29.slow');
  });
});

function deadlineIn(milliseconds: number): Deadline {
  const end = performance.now() + milliseconds;
  return { remainingMs: () => Math.max(0, end - performance.now()), signal: AbortSignal.timeout(milliseconds) };
}
