// `mailroom doctor` of mailboxes in trouble, each as it really comes about: the cause is named, and what to do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../functions/stack.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';
import { examine, examineMailbox, publishWell } from './doctor-fixture.ts';
import { runMailroom } from './run-mailroom.ts';

const MAILBOXES = ['no-imap', 'no-pop', 'hidden', 'held', 'unread', 'shared', 'faraway'].map((id) => ({
  id,
  address: `${id}@shop.example`,
}));

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

describe('a mailbox', () => {
  it('with IMAP switched off; and one with POP', async () => {
    account('no-imap').setImapEnabled(false);
    const { exitCode, notOk, of } = await look('no-imap');
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
    const withPop = await look('no-pop');
    expect(withPop.notOk).toEqual(['all-mail skipped', 'other-senders skipped']);
  });

  it('that hides All Mail, as this machine and as the functions see it', async () => {
    account('hidden').showInImap('all', false);
    const { exitCode, notOk, of } = await look('hidden');
    expect(exitCode).toBe(0);
    expect(notOk).toEqual(['all-mail warning']);
    expect(of('all-mail', 'hidden')).toMatchObject({
      what: 'All Mail is hidden from IMAP',
      cure: expect.stringContaining('Show in IMAP'),
    });
    await stack.invoke('PollRepliesFunction', {});
    expect((await look('hidden')).notOk).toEqual(['all-mail warning', 'polls warning']);
  });

  it('that someone holds, and one that Gmail asks to wait', async () => {
    await runMailroom(stack, ['hold', 'held', '--json']);
    expect((await look('held')).of('allowance', 'held')).toMatchObject({
      result: 'warning',
      what: 'someone holds it until it is released',
      command: 'npx mailroom release held',
    });
    await runMailroom(stack, ['release', 'held', '--json']);
    expect((await look('held')).notOk).toEqual([]);
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '550 5.4.5 Daily user sending limit exceeded.' } });
    await stack.send({ mailbox: 'held', idempotencyKey: 'over quota' });
    const { notOk, of } = await look('held');
    expect(notOk).toEqual(['allowance warning']);
    expect(of('allowance', 'held')).toMatchObject({
      what: expect.stringMatching(/^sending is on hold until .+: QUOTA_EXCEEDED$/),
    });
  });

  it('that is no longer read', async () => {
    await stack.passReadingTime(600_000, 'unread');
    const { exitCode, notOk, of } = await look('unread');
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
    const { exitCode, notOk, of } = await look('shared');
    expect(exitCode).toBe(0);
    expect(notOk).toEqual(['other-senders warning']);
    expect(of('other-senders', 'shared')).toMatchObject({
      what: 'another Mailroom sends from this mailbox: 1 of the newest 2 sent mails',
    });
  });

  it('whose servers this machine cannot reach is not blamed for it', async () => {
    await stack.google.stop('smtp');
    await stack.google.stop('imap');
    const { exitCode, notOk, of } = await look('faraway');
    expect(exitCode).toBe(0);
    expect(notOk).toEqual(['send-login warning', 'read-login warning', 'all-mail skipped', 'other-senders skipped']);
    expect(of('send-login', 'faraway')).toMatchObject({
      what: expect.stringMatching(/^endpoint unreachable: SMTP at 127\.0\.0\.1:\d+ \(SMTP_UNREACHABLE\)$/),
      cause: expect.stringContaining('network of this machine'),
    });
  });

  it('all of them are looked at without a name, each in its place', async () => {
    const { exitCode, of } = await examine(stack, dns);
    expect(exitCode).toBe(4);
    for (const { id } of MAILBOXES) expect(of('profile', id)).toMatchObject({ result: 'ok' });
    expect(of('polls', 'unread')).toMatchObject({ result: 'trouble' });
  });
});
