// `mailroom doctor` of mailboxes in trouble, each as it really comes about: the cause is named, and what to do.

import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../functions/stack.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';
import { examine, grantByHand, publishWell } from './doctor-fixture.ts';
import { runMailroom } from './run-mailroom.ts';

const DAY_MS = 86_400_000;
const IDS = [
  'revoked',
  'tested',
  'ending',
  'unscoped',
  'mistaken',
  'unnamed',
  'gone',
  'no-imap',
  'no-pop',
  'hidden',
  'held',
  'unread',
  'shared',
  'faraway',
];
const MAILBOXES = IDS.map((id) => ({ id, address: `${id}@shop.example` }));

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
const look = (id: string) => examine(stack, dns, [id]);

/** Of the mailbox alone: which of its checks are not ok. */
async function troubles(id: string) {
  const examined = await look(id);
  const notOk = examined.notOk.filter((line) => line.startsWith(id)).map((line) => line.slice(id.length + 1));
  return { ...examined, notOk };
}

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
    const { exitCode, notOk, of } = await troubles('revoked');
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['grant trouble', ...WITHOUT_TOKEN]);
    expect(of('grant', 'revoked')).toMatchObject({
      what: expect.stringMatching(/^GRANT_DEAD since /),
      cause: expect.stringContaining('it was revoked, the password'),
      cure: expect.stringContaining('Connect the mailbox again'),
      command: 'npx mailroom connect revoked',
    });
  });

  it('that ends within days, the consent screen being in Testing; and one that has ended so', async () => {
    stack.google.setPublishing('testing');
    for (const id of ['tested', 'ending']) await grantByHand(stack, id, `${id}@shop.example`);
    stack.google.setPublishing('production');
    for (const id of ['tested', 'ending']) account(id).expireAccessTokens();
    const coming = await troubles('ending');
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
    const { exitCode, notOk, of } = await troubles('tested');
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['grant trouble', ...WITHOUT_TOKEN]);
    expect(of('grant', 'tested')).toMatchObject({ cause: expect.stringContaining('in Testing') });
  });

  it('that lacks the scope for mail: its box was left unticked', async () => {
    await grantByHand(stack, 'unscoped', 'unscoped@shop.example', {
      choice: { without: ['https://mail.google.com/'] },
    });
    account('unscoped').expireAccessTokens();
    const { exitCode, notOk, of } = await troubles('unscoped');
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['scope trouble', ...WITHOUT_LOGIN]);
    expect(of('scope', 'unscoped')).toMatchObject({
      what: 'wrong scope: https://mail.google.com/ is missing',
      cure: expect.stringContaining('leave the box for mail ticked'),
      command: 'npx mailroom connect unscoped',
    });
  });

  it('of another account', async () => {
    await grantByHand(stack, 'mistaken', 'hidden@shop.example');
    account('mistaken').expireAccessTokens();
    const { exitCode, notOk, of } = await troubles('mistaken');
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['account trouble', ...WITHOUT_LOGIN]);
    expect(of('account', 'mistaken')).toMatchObject({
      what: 'wrong address: hidden@shop.example consented, and the profile says mistaken@shop.example',
      cause: expect.stringContaining('is an alias'),
      cure: expect.stringContaining('connect the primary account'),
    });
  });

  it('of another account that does not say whose it is: the login shows it', async () => {
    await grantByHand(stack, 'unnamed', 'hidden@shop.example', { scopes: ['https://mail.google.com/'] });
    account('unnamed').expireAccessTokens();
    const { notOk, of } = await troubles('unnamed');
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
    const { notOk, of } = await troubles('gone');
    expect(notOk).toEqual(['grant trouble', ...WITHOUT_TOKEN]);
    expect(of('grant', 'gone')).toMatchObject({ what: `SECRET_MISSING: there is no secret ${SecretId}` });
  });
});

describe('a mailbox', () => {
  it('with IMAP switched off; and one with POP', async () => {
    account('no-imap').setImapEnabled(false);
    const { exitCode, notOk, of } = await troubles('no-imap');
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['read-login trouble', 'all-mail skipped', 'other-senders skipped']);
    expect(of('read-login', 'no-imap')).toMatchObject({
      what: 'IMAP is switched off for this mailbox (READING_DISABLED)',
      cure: expect.stringContaining('Forwarding and POP/IMAP'),
    });
    await stack.setProfile({ protocol: 'pop3' }, 'no-pop');
    account('no-pop').setPopEnabled(false);
    expect((await look('no-pop')).of('read-login', 'no-pop')).toMatchObject({
      what: 'POP3 is switched off for this mailbox (READING_DISABLED)',
    });
    account('no-pop').setPopEnabled(true);
    const withPop = await troubles('no-pop');
    expect(withPop.notOk).toEqual(['all-mail skipped', 'other-senders skipped']);
  });

  it('that hides All Mail, as this machine and as the functions see it', async () => {
    account('hidden').showInImap('all', false);
    const { exitCode, notOk, of } = await troubles('hidden');
    expect(exitCode).toBe(0);
    expect(notOk).toEqual(['all-mail warning']);
    expect(of('all-mail', 'hidden')).toMatchObject({
      what: 'All Mail is hidden from IMAP',
      cure: expect.stringContaining('Show in IMAP'),
    });
    await stack.invoke('PollRepliesFunction', {});
    expect((await troubles('hidden')).notOk).toEqual(['all-mail warning', 'polls warning']);
  });

  it('that someone holds, and one that Gmail asks to wait', async () => {
    await runMailroom(stack, ['hold', 'held', '--json']);
    expect((await troubles('held')).of('allowance', 'held')).toMatchObject({
      result: 'warning',
      what: 'someone holds it until it is released',
      command: 'npx mailroom release held',
    });
    await runMailroom(stack, ['release', 'held', '--json']);
    expect((await troubles('held')).notOk).toEqual([]);
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '550 5.4.5 Daily user sending limit exceeded.' } });
    await stack.send({ mailbox: 'held', idempotencyKey: 'over quota' });
    const { notOk, of } = await troubles('held');
    expect(notOk).toEqual(['allowance warning']);
    expect(of('allowance', 'held')).toMatchObject({
      what: expect.stringMatching(/^sending is on hold until .+: QUOTA_EXCEEDED$/),
    });
  });

  it('that is no longer read', async () => {
    await stack.passReadingTime(600_000, 'unread');
    const { exitCode, notOk, of } = await troubles('unread');
    expect(exitCode).toBe(4);
    expect(notOk).toEqual(['polls trouble']);
    expect(of('polls', 'unread')).toMatchObject({ what: 'was last read 10 minutes ago' });
  });

  it('from which another Mailroom sends: mail of our kind that this one does not know', async () => {
    const id = 'mailroom.6f1c0d4e-1b1f-4a52-9d43-2f8a3c5f7e10@shop.example';
    const date = new Date(Date.now() - 3_600_000);
    const raw = `From: shared@shop.example\r\nTo: ada@customer.example\r\nMessage-ID: <${id}>\r\nDate: ${date.toUTCString()}\r\n\r\nHello\r\n`;
    account('shared').deliver(raw, { internalDate: date.getTime(), labels: ['\\Sent'], asIs: true });
    await stack.send({ mailbox: 'shared', idempotencyKey: 'known' });
    const { exitCode, notOk, of } = await troubles('shared');
    expect(exitCode).toBe(0);
    expect(notOk).toEqual(['other-senders warning']);
    expect(of('other-senders', 'shared')).toMatchObject({
      what: 'another Mailroom sends from this mailbox: 1 of the newest 2 sent mails',
    });
  });

  it('whose servers this machine cannot reach is not blamed for it', async () => {
    await stack.google.stop('smtp');
    await stack.google.stop('imap');
    const { exitCode, notOk, of } = await troubles('faraway');
    expect(exitCode).toBe(0);
    expect(notOk).toEqual(['send-login warning', 'read-login warning', 'all-mail skipped', 'other-senders skipped']);
    expect(of('send-login', 'faraway')).toMatchObject({
      what: expect.stringMatching(/^endpoint unreachable: SMTP at 127\.0\.0\.1:\d+ \(SMTP_UNREACHABLE\)$/),
      cause: expect.stringContaining('network of this machine'),
    });
  });

  it('all of them are looked at without a name, each in its place', async () => {
    const { exitCode, totals, of } = await examine(stack, dns);
    expect(exitCode).toBe(4);
    for (const id of IDS) expect(of('profile', id)).toMatchObject({ result: 'ok' });
    expect(of('grant', 'revoked')).toMatchObject({ result: 'trouble' });
    expect(totals).toMatchObject({ trouble: expect.any(Number) });
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
