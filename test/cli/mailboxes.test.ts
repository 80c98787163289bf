// `mailroom mailboxes`, `hold` and `release`: how mailboxes fare, and one that a person stops and lets go again.
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import {
  ADA,
  mailsWith,
  SALES,
  startTestStack,
  storeMalformedProfile,
  type TestStack,
  until,
} from '../functions/stack.ts';
import { runMailroom } from './run-mailroom.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ mailboxes: [SUPPORT, SALES] });
  await stack.invoke('RefreshTokensFunction', {});
  await stack.invoke('PollRepliesFunction', {});
});

beforeEach(async () => {
  stack.google.faults.clear();
  await stack.passTime();
});

afterAll(async () => {
  await stack?.stop();
});

const run = (...args: string[]) => runMailroom(stack, args);
const list = async () => {
  const { exitCode, json } = await run('mailboxes', '--json');
  return { exitCode, mailboxes: Object.fromEntries(json().map((line) => [line.mailbox, line])) };
};
const setItem = async (key: string, expression: string, values: object = {}) =>
  stack.db.send(
    new UpdateCommand({
      TableName: stack.output('MailboxesTable'),
      Key: { key },
      UpdateExpression: expression,
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: { ...values } }),
    }),
  );

describe('mailboxes', () => {
  it('lists what each mailbox is, has sent, has read and has waiting', async () => {
    const { outcome } = await stack.send({ idempotencyKey: 'sent' });
    await stack.send({ idempotencyKey: 'waits', sendAt: Date.now() + 3_600_000 });
    stack.google
      .account(SUPPORT.address)
      .deliver(
        `From: ${ADA}\r\nTo: ${SUPPORT.address}\r\nSubject: Re\r\nIn-Reply-To: ${outcome?.messageId}\r\n\r\nYes.`,
      );
    await stack.invoke('PollRepliesFunction', {});
    const { exitCode, mailboxes } = await list();
    expect(exitCode).toBe(0);
    expect(mailboxes).toMatchObject({
      support: {
        address: SUPPORT.address,
        plan: 'workspace',
        protocol: 'imap',
        health: 'good',
        grant: { grantedAt: expect.any(Number), refreshedAt: expect.any(Number) },
        quota: { messages: 1, limit: 2_000 },
        readAt: expect.any(Number),
        lastReplyAt: expect.any(Number),
        failedPolls: 0,
        unsettled: 1,
      },
      sales: { quota: { messages: 0, limit: 2_000 }, unsettled: 0 },
    });
    expect(mailboxes.sales).not.toHaveProperty('lastReplyAt');
    const { stdout } = await run('mailboxes');
    expect(stdout).toMatch(/^MAILBOX +ADDRESS +GRANT +SENT IN 24 H +HELD +READ +LAST REPLY +WAITING\n/);
    expect(stdout).toMatch(/support +support@shop\.example +good, \d+ s old +1 of 2000 +- +\d+ s ago +\d+ s ago +1\n/);
  });

  it('ends with 4 where one needs a person, with the cause and the command for this very Mailroom', async () => {
    await setItem('sales#grant', 'SET failure = :code, failingSince = :now', {
      ':code': 'GRANT_DEAD',
      ':now': Date.now(),
    });
    const { exitCode, mailboxes } = await list();
    expect(exitCode).toBe(4);
    expect(mailboxes.sales).toMatchObject({
      health: 'needs-person',
      grant: { code: 'GRANT_DEAD', cause: 'revoked-or-password', command: 'npx mailroom connect sales' },
    });
    const named = await run('mailboxes', '--stack', 'Mailroom');
    expect(named.exitCode).toBe(4);
    expect(named.stdout).toMatch(/sales .*GRANT_DEAD/);
    expect(named.stderr).toContain('sales: npx mailroom --stack Mailroom connect sales');
    // The client that the stack keeps is the one that was refused.
    await setItem('sales#grant', 'SET failure = :code', { ':code': 'OAUTH_CLIENT_REFUSED' });
    const [refused] = (await run('mailboxes', '--stack', 'Mailroom', '--json')).json();
    const command = 'npx mailroom --stack Mailroom connect sales --client FILE';
    expect(refused).toMatchObject({ mailbox: 'sales', grant: { command } });
    expect((await run('mailboxes', '--stack', 'Mailroom')).stderr).toContain(`sales: ${command}\n`);
    await setItem('sales#grant', 'REMOVE failure, failingSince');
  });

  it('shows a profile that cannot be read, and the others beside it', async () => {
    await storeMalformedProfile(stack, 'broken');
    const { exitCode, mailboxes } = await list();
    expect(exitCode).toBe(4);
    expect(mailboxes).toMatchObject({
      broken: { health: 'malformed', error: { code: 'MAILBOX_MALFORMED' } },
      support: { health: 'good' },
    });
    expect((await run('mailboxes')).stdout).toMatch(/broken +- +malformed/);
    await setItem('broken#profile', 'REMOVE registry');
  });

  it('says how to connect the first where there is none', async () => {
    const empty = await startTestStack({ mailboxes: [] });
    try {
      const { exitCode, stdout, stderr } = await runMailroom(empty, ['mailboxes']);
      expect([exitCode, stdout]).toEqual([0, '']);
      expect(stderr).toContain('Connect the first: npx mailroom connect support');
    } finally {
      await empty.stop();
    }
  });
});

describe('hold', () => {
  const held = { kind: 'held', code: 'HELD_BY_OPERATOR', dueAt: expect.any(Number) };

  it('keeps back what is invoked, queued and scheduled, until it is released; then all of it goes at once', async () => {
    const end = await run('hold', 'support', '--reason', 'wrong price');
    expect([end.exitCode, end.stdout]).toEqual([0, 'support does not send until it is released; its mail waits\n']);
    expect(end.stderr).toContain('npx mailroom release support');
    const before = stack.google.account(SUPPORT.address).counters.smtpLogins;
    const keys = ['invoked', 'queued', 'due'];
    expect((await stack.send({ idempotencyKey: 'invoked', text: 'held back.' })).outcome).toMatchObject(held);
    await stack.drain([{ idempotencyKey: 'queued', text: 'held back.' }]);
    await stack.send({ idempotencyKey: 'due', text: 'held back.', sendAt: Date.now() + 3_600_000 });
    await stack.change('due', { dueAt: Date.now() });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 0, held: 1 });
    // Neither a probe nor a new grant ends it.
    await stack.passTime();
    await stack.invoke('RefreshTokensFunction', { mailbox: 'support', refused: 'none' });
    await stack.invoke('ReleaseWaitingFunction', {});
    await stack.aws.idle();
    for (const key of keys) expect(await stack.item(key)).toMatchObject({ state: 'waiting', code: 'HELD_BY_OPERATOR' });
    expect(stack.google.account(SUPPORT.address).counters.smtpLogins).toBe(before);
    const [story] = (await run('status', 'due', '--json')).json();
    expect(story?.next).toContain('npx mailroom release support');
    expect((await list()).mailboxes.support).toMatchObject({ operatorHold: { reason: 'wrong price' } });

    const released = await run('release', 'support', '--json');
    expect(released.json()).toEqual([
      { mailbox: 'support', ended: [{ of: 'sending', code: 'HELD_BY_OPERATOR' }], broughtForward: 3, released: 3 },
    ]);
    await until('all to be sent', async () => mailsWith(stack, ADA, 'held back.').length === 3);
    expect((await list()).mailboxes.support).not.toHaveProperty('operatorHold');
  });

  it('ends by itself at the time that it was given', async () => {
    const [line] = (await run('hold', 'support', '--until', '2h', '--json')).json();
    expect(Number(line?.until) - Number(line?.since)).toBe(7_200_000);
    expect((await stack.send({ idempotencyKey: 'for two hours' })).outcome).toMatchObject(held);
    const item = await stack.sending();
    await setItem('support#sending', 'SET operatorHold = :hold ADD version :one', {
      ':hold': { ...Object(item?.operatorHold), until: Date.now() },
      ':one': 1,
    });
    expect((await stack.send({ idempotencyKey: 'after two hours' })).outcome).toMatchObject({ kind: 'sent' });
    await run('release', 'support');
  });

  it.each([
    [['hold', 'nobody'], 1, 'MAILBOX_UNKNOWN'],
    [['release', 'nobody'], 1, 'MAILBOX_UNKNOWN'],
    [['hold', 'No Id'], 2, 'USAGE'],
    [['hold', 'support', '--until', '2001-01-01'], 2, 'USAGE'],
  ])('refuses %j', async (args, exitCode, code) => {
    const refused = await run(...args, '--json');
    expect([refused.exitCode, refused.json()[0]?.error]).toMatchObject([exitCode, { code }]);
  });
});

describe('release', () => {
  it('ends holds that Mailroom made, of reading too, and warns where Gmail asked for time', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '421 4.7.0 Try again later. - gsmtp' } });
    await stack.send({ idempotencyKey: 'throttled', text: 'was throttled.' });
    await setItem('support#reading', 'SET holdUntil = :until, holdCode = :code', {
      ':until': Date.now() + 3_600_000,
      ':code': 'BANDWIDTH_EXCEEDED',
    });
    expect((await list()).mailboxes.support).toMatchObject({
      sendingHold: { code: 'MAILBOX_THROTTLED' },
      readingHold: { code: 'BANDWIDTH_EXCEEDED' },
    });
    const { exitCode, stdout, stderr } = await run('release', 'support');
    expect([exitCode, stdout]).toEqual([0, 'support is released; 1 message that waited for it: due now\n']);
    expect(stderr).toContain('MAILBOX_THROTTLED');
    expect(stderr).toContain('BANDWIDTH_EXCEEDED');
    expect(stderr).toContain('Gmail asked for this time');
    await until('it to be sent', async () => mailsWith(stack, ADA, 'was throttled.').length === 1);
    const reading = new GetCommand({ TableName: stack.output('MailboxesTable'), Key: { key: 'support#reading' } });
    expect((await stack.db.send(reading)).Item).not.toHaveProperty('holdUntil');
    expect((await run('release', 'support')).stdout).toMatch(/^nothing held support; 0 messages that waited/);
  });

  it('leaves a message that a server deferred to its own time', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '451 4.3.0 Temporary System Problem. - gsmtp' } });
    await stack.send({ idempotencyKey: 'deferred' });
    const before = await stack.item('deferred');
    await run('release', 'support');
    expect(await stack.item('deferred')).toEqual(before);
  });
});
