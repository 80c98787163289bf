// refresh-tokens: one refresh of a mailbox at a time, no more than needed, and each kind of failure told apart.
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectMailbox, storeProfile } from '../../local/connect.ts';
import { tokenRefusals } from '../../local/google/google.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { type CallsProxy, startCallsProxy } from './calls-proxy.ts';
import { SALES, startTestStack, storeMalformedProfile, type TestStack } from './stack.ts';

describe('refresh-tokens', () => {
  let stack: TestStack;
  let proxy: CallsProxy;
  /** Requests at the token endpoint. */
  let asked = 0;

  beforeAll(async () => {
    proxy = await startCallsProxy();
    proxy.onCall = () => {
      asked += 1;
      return 'pass';
    };
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES], parameters: { OauthUrl: proxy.url } });
    proxy.target = stack.google.endpoints.oauth;
  });

  beforeEach(async () => {
    stack.google.faults.clear();
    await stack.passPace();
    asked = 0;
  });

  afterAll(async () => {
    await stack?.stop();
    await proxy?.close();
  });

  const refresh = (payload: object) => stack.invoke('RefreshTokensFunction', payload);
  const read = (name: string) => stack.secrets.send(new GetSecretValueCommand({ SecretId: `Mailroom/${name}` }));
  const version = async (id: string) => (await read(`access-tokens/${id}`)).VersionId;
  const health = (id: string) => ({ TableName: stack.output('MailboxesTable'), Key: { key: `${id}#grant` } });
  const grant = async (id: string) => (await stack.db.send(new GetCommand(health(id)))).Item;
  const setHealth = (id: string, attribute: 'tokenExpiresAt' | 'refreshedAt', time: number) =>
    stack.db.send(
      new UpdateCommand({
        ...health(id),
        UpdateExpression: `SET ${attribute} = :time`,
        ExpressionAttributeValues: { ':time': time },
      }),
    );

  it('makes a token for every mailbox by its schedule, and leaves fresh ones alone', async () => {
    const { payload } = await stack.aws.runSchedule(stack.output('RefreshTokensFunction'));
    expect(JSON.parse(payload)).toEqual({ refreshed: 2, fresh: 0, failures: [] });
    expect(asked).toBe(2);
    expect((await refresh({})).outcome).toEqual({ refreshed: 0, fresh: 2, failures: [] });
    expect((await refresh({ mailbox: 'sales' })).outcome?.kind).toBe('fresh');
    expect(asked).toBe(2);
    const { SecretString = '' } = await read('access-tokens/sales');
    expect(JSON.parse(SecretString)).toMatchObject({ address: SALES.address, expiresAt: expect.any(Number) });
  });

  it('replaces by schedule what would not outlive the run after next, and for a caller what is about to expire', async () => {
    await setHealth('support', 'tokenExpiresAt', Date.now() + 40 * 60_000);
    expect((await refresh({ mailbox: 'support' })).outcome?.kind).toBe('fresh');
    expect((await refresh({})).outcome).toMatchObject({ refreshed: 1, fresh: 1 });
    await setHealth('support', 'tokenExpiresAt', Date.now() + 4 * 60_000);
    expect((await refresh({ mailbox: 'support' })).outcome?.kind).toBe('refreshed');
    expect(asked).toBe(2);
  });

  it('replaces a refused token once, and does nothing when someone has just done so', async () => {
    const refused = await version('support');
    expect((await refresh({ mailbox: 'support', refused })).outcome?.kind).toBe('refreshed');
    const replaced = await version('support');
    expect(replaced).not.toBe(refused);
    expect((await refresh({ mailbox: 'support', refused })).outcome?.kind).toBe('fresh');
    expect(await version('support')).toBe(replaced);
    expect(asked).toBe(1);
  });

  it('replaces a token that is newer than the refused one, unless it was made just now', async () => {
    const current = await version('support');
    expect((await refresh({ mailbox: 'support', refused: 'an older one' })).outcome?.kind).toBe('fresh');
    await setHealth('support', 'refreshedAt', Date.now() - 5 * 60_000);
    expect((await refresh({ mailbox: 'support', refused: 'an older one' })).outcome?.kind).toBe('refreshed');
    expect(await version('support')).not.toBe(current);
  });

  it('keeps the refresh token when Google returns none, and adopts one that comes', async () => {
    const { SecretString: before = '' } = await read('grants/support');
    await refresh({ mailbox: 'support', refused: await version('support') });
    expect((await read('grants/support')).SecretString).toBe(before);

    const body = { access_token: 'ya29.rotated', expires_in: 3_599, refresh_token: '1//rotated', token_type: 'Bearer' };
    stack.google.faults.oauth({ at: 'token', do: { status: 200, body } });
    await refresh({ mailbox: 'support', refused: await version('support') });
    const { SecretString: after = '' } = await read('grants/support');
    expect(JSON.parse(after)).toEqual({ ...JSON.parse(before), refreshToken: '1//rotated' });
    await stack.secrets.send(new PutSecretValueCommand({ SecretId: 'Mailroom/grants/support', SecretString: before }));
  });

  it.each([
    ['OAUTH_THROTTLED', { at: 'token', do: tokenRefusals.tooManyRequests }],
    ['OAUTH_UNREACHABLE', { at: 'token', do: tokenRefusals.serverError }],
    ['OAUTH_UNREACHABLE', { at: 'token', do: 'cut' }],
    ['OAUTH_UNREACHABLE', { at: 'token', do: { status: 200, body: 'no token in here' } }],
    ['GRANT_BLOCKED_BY_POLICY', { at: 'token', do: tokenRefusals.adminPolicyEnforced }],
    ['GRANT_BLOCKED_BY_POLICY', { at: 'token', do: tokenRefusals.invalidRapt }],
    ['OAUTH_CLIENT_REFUSED', { at: 'token', do: { status: 401, body: { error: 'invalid_client' } } }],
    ['OAUTH_CLIENT_REFUSED', { at: 'token', do: { status: 401, body: { error: 'disabled_client' } } }],
  ] as const)('tells %s apart, records it, and works again afterwards', async (code, fault) => {
    const refused = await version('support');
    stack.google.faults.oauth({ ...fault });
    expect((await refresh({ mailbox: 'support', refused })).outcome).toMatchObject({ kind: 'failed', code });
    expect(asked).toBe(1);
    expect(await grant('support')).toMatchObject({ failure: code, failedAt: expect.any(Number) });
    expect((await refresh({ mailbox: 'support', refused })).outcome?.kind).toBe('refreshed');
    expect(await grant('support')).not.toHaveProperty('failure');
    expect(await grant('support')).not.toHaveProperty('failingSince');
  });

  it('refreshes the others when mailboxes have no grant, a malformed, a revoked or a throttled one', async () => {
    const others = ['empty', 'broken', 'fieldless', 'dead', 'busy'];
    for (const id of others) await storeProfile(stack.aws, { id, address: `${id}@shop.example` });
    const malformed = {
      broken: '{"type":"oauth","refreshToken":"hush"',
      fieldless: '{"type":"oauth","clientId":"hush"}',
    };
    for (const [id, SecretString] of Object.entries(malformed)) {
      await stack.secrets.send(new CreateSecretCommand({ Name: `Mailroom/grants/${id}`, SecretString }));
    }
    for (const id of ['dead', 'busy']) {
      stack.google.addAccount({ address: `${id}@shop.example` });
      await connectMailbox(stack.google, stack.aws, { id, address: `${id}@shop.example` });
    }
    stack.google.account('dead@shop.example').revokeGrants();
    stack.google.faults.oauth({ at: 'token', do: tokenRefusals.tooManyRequests, mailbox: 'busy@shop.example' });
    for (const id of ['support', 'sales']) await setHealth(id, 'tokenExpiresAt', Date.now());
    await storeMalformedProfile(stack, 'wrong');

    const { refreshed, failures } = (await refresh({})).outcome ?? {};
    expect(refreshed).toBe(2);
    const failed = (mailbox: string, code: string, message: string) =>
      expect.objectContaining({ mailbox, code, message: expect.stringContaining(message) });
    expect(failures).toHaveLength(6);
    expect(failures).toEqual(
      expect.arrayContaining([
        failed('wrong', 'MAILBOX_MALFORMED', 'address'),
        failed('empty', 'SECRET_MISSING', 'Mailroom/grants/empty'),
        failed('broken', 'SECRET_MALFORMED', 'Mailroom/grants/broken'),
        failed('fieldless', 'SECRET_MALFORMED', 'Mailroom/grants/fieldless: address'),
        failed('dead', 'GRANT_DEAD', 'connect the mailbox again'),
        failed('busy', 'OAUTH_THROTTLED', 'fewer requests'),
      ]),
    );
    expect(await grant('dead')).toMatchObject({ failure: 'GRANT_DEAD' });
    expect(await grant('busy')).toMatchObject({ failure: 'OAUTH_THROTTLED' });
  });

  it('refuses an event it does not understand', async () => {
    expect(await refresh({ mailbox: 'Not A Slug' })).toMatchObject({
      errorType: 'EVENT_INVALID',
      errorMessage: expect.stringContaining('mailbox'),
    });
    expect(await refresh({ mailbox: 'nobody' })).toMatchObject({ errorType: 'MAILBOX_UNKNOWN' });
  });

  it('writes no token and no address into a log', () => {
    expect(stack.log.join('\n')).toContain('refreshed tokens');
    expect(stack.log.join('\n')).not.toMatch(/ya29\.|1\/\/|GOCSPX|@shop\.example|hush/);
  });
});
