// refresh-tokens: one refresh of a mailbox at a time, no more than needed, and each kind of failure told apart.
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeProfile } from '../../local/connect.ts';
import { tokenRefusals } from '../../local/google/google.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { startTestStack, type TestStack } from './stack.ts';

const SALES = { id: 'sales', address: 'sales@shop.example' };

describe('refresh-tokens', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES] });
  });

  beforeEach(() => {
    stack.google.faults.clear();
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const refresh = (payload: object) => stack.invoke('RefreshTokensFunction', payload);
  const secret = (id: string) =>
    stack.secrets.send(new GetSecretValueCommand({ SecretId: `Mailroom/access-tokens/${id}` }));
  const version = async (id: string) => (await secret(id)).VersionId;
  const grant = async (id: string) =>
    (await stack.db.send(new GetCommand({ TableName: stack.output('MailboxesTable'), Key: { key: `${id}#grant` } })))
      .Item;

  it('makes a token for every mailbox, and leaves fresh ones alone', async () => {
    expect((await refresh({})).outcome).toEqual({ refreshed: 2, fresh: 0, failures: [] });
    expect((await refresh({})).outcome).toEqual({ refreshed: 0, fresh: 2, failures: [] });
    const { SecretString = '' } = await secret('sales');
    expect(JSON.parse(SecretString)).toMatchObject({ address: SALES.address, expiresAt: expect.any(Number) });
  });

  it('replaces a refused token once, however many ask, and nothing when someone has just done so', async () => {
    const refused = await version('support');
    const answers = await Promise.all(Array.from({ length: 4 }, () => refresh({ mailbox: 'support', refused })));
    const kinds = answers.map(({ outcome }) => outcome?.kind).sort();
    expect(kinds).toEqual(['fresh', 'fresh', 'fresh', 'refreshed']);
    const replaced = await version('support');
    expect(replaced).not.toBe(refused);
    expect((await refresh({ mailbox: 'support', refused })).outcome?.kind).toBe('fresh');
    expect(await version('support')).toBe(replaced);
  });

  it.each([
    ['OAUTH_THROTTLED', { at: 'token', do: tokenRefusals.tooManyRequests }],
    ['OAUTH_UNREACHABLE', { at: 'token', do: tokenRefusals.serverError }],
    ['OAUTH_UNREACHABLE', { at: 'token', do: 'cut' }],
    ['GRANT_BLOCKED_BY_POLICY', { at: 'token', do: tokenRefusals.adminPolicyEnforced }],
    ['GRANT_BLOCKED_BY_POLICY', { at: 'token', do: tokenRefusals.invalidRapt }],
  ] as const)('tells %s apart, records it, and works again afterwards', async (code, fault) => {
    const refused = await version('support');
    stack.google.faults.oauth({ ...fault });
    expect((await refresh({ mailbox: 'support', refused })).outcome).toMatchObject({ kind: 'failed', code });
    expect(await grant('support')).toMatchObject({ failure: code, failedAt: expect.any(Number) });
    expect((await refresh({ mailbox: 'support', refused })).outcome?.kind).toBe('refreshed');
    expect(await grant('support')).not.toHaveProperty('failure');
  });

  it('refreshes the others when one mailbox has no grant, a malformed one or a revoked one', async () => {
    await storeProfile(stack.aws, { id: 'empty', address: 'empty@shop.example' });
    await storeProfile(stack.aws, { id: 'broken', address: 'broken@shop.example' });
    const broken = { Name: 'Mailroom/grants/broken', SecretString: '{"type":"oauth","refreshToken":"hush"' };
    await stack.secrets.send(new CreateSecretCommand(broken));
    stack.google.account(SALES.address).revokeGrants();
    const sales = await refresh({ mailbox: 'sales', refused: await version('sales') });
    expect(sales.outcome).toMatchObject({
      kind: 'failed',
      code: 'GRANT_DEAD',
      message: expect.stringContaining('connect the mailbox again'),
    });
    const { failures, fresh } = (await refresh({})).outcome ?? {};
    expect(fresh).toBe(2);
    expect(failures).toEqual([
      {
        mailbox: 'broken',
        kind: 'failed',
        code: 'SECRET_MALFORMED',
        message: expect.stringContaining('Mailroom/grants/broken'),
      },
      {
        mailbox: 'empty',
        kind: 'failed',
        code: 'SECRET_MISSING',
        message: expect.stringContaining('Mailroom/grants/empty'),
      },
    ]);
  });

  it('refuses an event it does not understand', async () => {
    expect(await refresh({ mailbox: 'Not A Slug' })).toMatchObject({
      errorType: 'EVENT_INVALID',
      errorMessage: expect.stringContaining('mailbox'),
    });
    expect(await refresh({ mailbox: 'nobody' })).toMatchObject({ errorType: 'MAILBOX_UNKNOWN' });
  });

  it('writes no token and no address into a log', () => {
    expect(stack.log.join('\n')).not.toMatch(/ya29\.|1\/\/|@shop\.example|hush/);
  });
});
