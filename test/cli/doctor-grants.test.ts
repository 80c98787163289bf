// `mailroom doctor` of grants in trouble, each as it really comes about: the cause is named, and what to do.
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../functions/stack.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';
import { examineMailbox, grantByHand, publishWell } from './doctor-fixture.ts';

const DAY_MS = 86_400_000;
const MAILBOXES = ['revoked', 'deleted', 'tested', 'ending', 'unscoped', 'mistaken', 'unnamed', 'gone', 'other'].map(
  (id) => ({
    id,
    address: `${id}@shop.example`,
  }),
);

let stack: TestStack;
let dns: DnsServer;

beforeAll(async () => {
  [stack, dns] = await Promise.all([startTestStack({ mailboxes: MAILBOXES }), startDnsServer()]);
  publishWell(dns, 'shop.example');
  await stack.invoke('RefreshTokensFunction', {});
  await stack.invoke('PollRepliesFunction', {});
});

afterAll(async () => {
  await Promise.all([stack?.stop(), dns?.stop()]);
});

const account = (id: string) => stack.google.account(`${id}@shop.example`);
const look = (id: string) => examineMailbox(stack, dns, id);

const WITHOUT_TOKEN = [
  'scope skipped',
  'account skipped',
  'send-login skipped',
  'read-login skipped',
  'all-mail skipped',
  'other-senders skipped',
];
const WITHOUT_LOGIN = WITHOUT_TOKEN.slice(2);

describe('a grant', () => {
  it('that was revoked', async () => {
    account('revoked').revokeGrants();
    const { exitCode, notOk, of } = await look('revoked');
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['grant trouble', ...WITHOUT_TOKEN]);
    expect(of('grant', 'revoked')).toMatchObject({
      what: expect.stringMatching(/^GRANT_DEAD since /),
      cause: expect.stringContaining('it was revoked, the password'),
      cure: expect.stringContaining('Connect the mailbox again'),
      command: 'npx mailroom connect revoked',
    });
  });

  it('whose client was deleted: the one that the stack keeps is no good for the next', async () => {
    const refused = { status: 401, body: { error: 'deleted_client' } };
    stack.google.faults.oauth({ at: 'token', do: refused, times: 9, mailbox: 'deleted@shop.example' });
    account('deleted').expireAccessTokens();
    const { exitCode, notOk, of } = await look('deleted');
    stack.google.faults.clear();
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['grant trouble', ...WITHOUT_TOKEN]);
    expect(of('grant', 'deleted')).toMatchObject({
      what: expect.stringMatching(/^OAUTH_CLIENT_REFUSED since /),
      command: 'npx mailroom connect deleted --client FILE',
    });
  });

  it('that ends within days, the consent screen being in Testing; and one that has ended so', async () => {
    stack.google.setPublishing('testing');
    for (const id of ['tested', 'ending']) await grantByHand(stack, id, `${id}@shop.example`);
    stack.google.setPublishing('production');
    for (const id of ['tested', 'ending']) account(id).expireAccessTokens();
    const coming = await look('ending');
    expect(coming.exitCode).toBe(0);
    expect(coming.notOk).toEqual(['grant warning']);
    expect(coming.of('grant', 'ending')).toMatchObject({
      what: expect.stringMatching(/^it ends on 20.+, in (6\.9|7) days$/),
      cause: expect.stringContaining('in Testing'),
      cure: expect.stringContaining('In production'),
      command: 'npx mailroom connect ending',
    });
    await look('tested');
    await passDays('tested', 7.1);
    const { exitCode, notOk, of } = await look('tested');
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['grant trouble', ...WITHOUT_TOKEN]);
    expect(of('grant', 'tested')).toMatchObject({ cause: expect.stringContaining('in Testing') });
  });

  it('that lacks the scope for mail: its box was left unticked', async () => {
    await grantByHand(stack, 'unscoped', 'unscoped@shop.example', {
      choice: { without: ['https://mail.google.com/'] },
    });
    account('unscoped').expireAccessTokens();
    const { exitCode, notOk, of } = await look('unscoped');
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['scope trouble', ...WITHOUT_LOGIN]);
    expect(of('scope', 'unscoped')).toMatchObject({
      what: 'wrong scope: https://mail.google.com/ is missing',
      cure: expect.stringContaining('leave the box for mail ticked'),
      command: 'npx mailroom connect unscoped',
    });
  });

  it('of another account', async () => {
    await grantByHand(stack, 'mistaken', 'other@shop.example');
    account('mistaken').expireAccessTokens();
    const { exitCode, notOk, of } = await look('mistaken');
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['account trouble', ...WITHOUT_LOGIN]);
    expect(of('account', 'mistaken')).toMatchObject({
      what: 'wrong address: other@shop.example consented, and the profile says mistaken@shop.example',
      cause: expect.stringContaining('is an alias'),
      cure: expect.stringContaining('connect the primary account'),
    });
  });

  it('of another account that does not say whose it is: the login shows it', async () => {
    await grantByHand(stack, 'unnamed', 'other@shop.example', { scopes: ['https://mail.google.com/'] });
    account('unnamed').expireAccessTokens();
    const { notOk, of } = await look('unnamed');
    expect(notOk).toEqual([
      'account skipped',
      'send-login trouble',
      'read-login trouble',
      'all-mail skipped',
      'other-senders skipped',
    ]);
    expect(of('send-login', 'unnamed')).toMatchObject({
      what: expect.stringContaining('refuses the login (AUTHENTICATION_REFUSED)'),
    });
  });

  it('whose secret is gone', async () => {
    const SecretId = `${stack.aws.stackName}/grants/gone`;
    await stack.secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    const { notOk, of } = await look('gone');
    expect(notOk).toEqual(['grant trouble', ...WITHOUT_TOKEN]);
    expect(of('grant', 'gone')).toMatchObject({ what: `SECRET_MISSING: there is no secret ${SecretId}` });
  });
});

/** As if the grant, and what is known of it, were so much older. */
async function passDays(id: string, days: number): Promise<void> {
  account(id).ageGrants(days * DAY_MS);
  const TableName = stack.output('MailboxesTable');
  const { Item = {} } = await stack.db.send(new GetCommand({ TableName, Key: { key: `${id}#grant` } }));
  const older = Object.entries(Item).map(([name, value]) =>
    typeof value === 'number' && /At$/.test(name) ? [name, value - days * DAY_MS] : [name, value],
  );
  await stack.db.send(new PutCommand({ TableName, Item: Object.fromEntries(older) }));
}
