// release-waiting: what is due goes back to the outbox once, what is not due stays, and one mailbox's trouble is its own.
import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bringForward } from '../../lib/aws/held-messages.ts';
import { createOperatorHolds } from '../../lib/aws/operator-holds.ts';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import { toEpochMs } from '../../lib/core/time.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { type CallsProxy, startCallsProxy, type Verdict } from './calls-proxy.ts';
import { ADA, mailsWith, SALES, startTestStack, storeMalformedProfile, type TestStack, until } from './stack.ts';

const HOUR = 3_600_000;
const support = parse(MailboxIdSchema, SUPPORT.id, 'EVENT_INVALID', 'test');
const now = () => toEpochMs(Date.now());

/** What a run answers that did this and nothing else. */
const summary = (done: object) => ({
  released: 0,
  unknown: 0,
  expired: 0,
  found: 0,
  sentAgain: 0,
  reported: 0,
  held: 0,
  malformed: 0,
  failures: [],
  ...done,
});

describe('release-waiting', () => {
  let stack: TestStack;
  let proxy: CallsProxy;

  beforeAll(async () => {
    proxy = await startCallsProxy();
    const processEnvironment = { AWS_ENDPOINT_URL_DYNAMODB: proxy.url };
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES], processEnvironment });
    proxy.target = stack.aws.endpoints.dynamodb;
    await stack.invoke('RefreshTokensFunction', {});
  });

  beforeEach(() => {
    stack.google.faults.clear();
    proxy.onCall = () => 'pass';
  });

  afterAll(async () => {
    await stack?.stop();
    await proxy?.close();
  });

  const release = () => stack.invoke('ReleaseWaitingFunction', {});
  const isSent = (key: string, mailbox?: string) =>
    until(`${key} to be sent`, async () => (await stack.item(key, mailbox))?.state === 'sent');

  /** Leaves messages that wait for a server that was busy. */
  async function leaveWaiting(mailbox: string, ...keys: string[]): Promise<void> {
    for (const key of keys) {
      stack.google.faults.smtp({ at: 'MAIL', do: { reply: '451 4.3.0 Temporary System Problem. - gsmtp' } });
      const { outcome } = await stack.send({ idempotencyKey: key, mailbox, text: `waited: ${key}.` });
      expect(outcome).toMatchObject({ kind: 'queued', code: 'SERVER_BUSY' });
    }
  }

  it('puts back what is due in every mailbox, leaves what is not, and does neither twice', async () => {
    await leaveWaiting('support', 'due-1', 'due-2', 'later');
    await leaveWaiting('sales', 'due-3');
    for (const key of ['due-1', 'due-2']) await stack.change(key, { dueAt: Date.now() });
    await stack.change('due-3', { dueAt: Date.now() }, 'sales');
    const later = await stack.item('later');

    const { payload } = await stack.aws.runSchedule(stack.output('ReleaseWaitingFunction'));
    expect(JSON.parse(payload)).toEqual(summary({ released: 3 }));
    await Promise.all([isSent('due-1'), isSent('due-2'), isSent('due-3', 'sales')]);
    expect((await release()).outcome).toEqual(summary({}));
    await stack.aws.idle();
    for (const key of ['due-1', 'due-2', 'due-3']) expect(mailsWith(stack, ADA, `waited: ${key}.`)).toHaveLength(1);
    expect(await stack.item('later')).toEqual(later);
    expect(mailsWith(stack, ADA, 'waited: later.')).toEqual([]);
  });

  it('releases a message once when two runs meet', async () => {
    await leaveWaiting('support', 'met');
    await stack.aws.pauseMappings();
    await stack.change('met', { dueAt: Date.now() });
    let queries = 0;
    proxy.onCall = async (operation, body): Promise<Verdict> => {
      if (operation === 'Query' && body.includes('byDue') && body.includes('"support"')) queries += 1;
      if (operation === 'UpdateItem') await until('all to see that it is due', async () => queries === 3);
      return 'pass';
    };
    const runs = await Promise.all([release(), release(), release()]);
    expect(runs.map(({ outcome }) => outcome?.released).sort()).toEqual([0, 0, 1]);
    stack.aws.resumeMappings();
    await isSent('met');
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'waited: met.')).toHaveLength(1);
  });

  it('takes over a claim whose lease ran out, and reports a transmission as unknown', async () => {
    await leaveWaiting('support', 'silent', 'in the middle', 'at work');
    const left = (state: string, dueAt: number) => ({ state, dueAt, leaseToken: 'of a process that died' });
    await stack.change('silent', left('claimed', Date.now() - 1));
    await stack.change('in the middle', left('transmitting', Date.now() - 1));
    await stack.change('at work', left('transmitting', Date.now() + HOUR));
    expect((await release()).outcome).toEqual(summary({ released: 1, unknown: 1 }));
    await isSent('silent');
    expect(await stack.item('in the middle')).toMatchObject({ state: 'unknown', unknownSince: expect.any(Number) });
    expect((await stack.item('at work'))?.state).toBe('transmitting');
    expect((await release()).outcome).toEqual(summary({}));
    expect(mailsWith(stack, ADA, 'waited: silent.')).toHaveLength(1);
    expect(mailsWith(stack, ADA, 'waited: in the middle.')).toEqual([]);
  });

  it('takes the lease of a silent worker away where a person holds the mailbox', async () => {
    await leaveWaiting('support', 'slow');
    await stack.change('slow', { state: 'claimed', dueAt: Date.now() - 1, leaseToken: 'of a slow worker' });
    const options = { db: stack.db, table: stack.output('MailboxesTable'), now, createNonce: randomUUID };
    const holds = createOperatorHolds(options);
    await holds.hold(support, { since: now() });
    expect((await release()).outcome).toEqual(summary({ held: 1 }));
    const item = await stack.item('slow');
    expect(item).toMatchObject({ state: 'waiting', code: 'HELD_BY_OPERATOR' });
    expect(item).not.toHaveProperty('leaseToken');
    expect(Number(item?.dueAt)).toBeGreaterThan(Date.now());
    // Of what rests for the mailbox's sake; neither what is in work nor what may have been sent.
    const broughtForward = async () => {
      let count = 0;
      for await (const moved of bringForward({ ...options, table: stack.output('MessagesTable') }, support, now()))
        count += moved;
      return count;
    };
    for (const state of ['claimed', 'transmitting', 'unknown']) {
      await stack.change('slow', { state });
      expect(await broughtForward()).toBe(0);
    }
    await stack.change('slow', { state: 'waiting' });
    expect(await broughtForward()).toBe(1);
    await holds.releaseSending(support);
    expect((await release()).outcome).toEqual(summary({ released: 1 }));
    await isSent('slow');
  });

  it('releases again, when its release lease ends, what never came to the outbox', async () => {
    await leaveWaiting('support', 'lost');
    await stack.change('lost', { dueAt: Date.now() });
    // The table first, the queue second: this run dies in between.
    const kill = () => stack.aws.killFunction(stack.output('ReleaseWaitingFunction'));
    proxy.onCall = (operation, body) => (operation === 'UpdateItem' && body.includes('wasDueAt') ? kill : 'pass');
    expect((await release()).errorType).toBe('Runtime.ExitError');
    proxy.onCall = () => 'pass';
    const next = await until('its processes to be gone', async () => (await release()).outcome);
    expect(next).toEqual(summary({}));
    expect(Number((await stack.item('lost'))?.dueAt)).toBeGreaterThan(Date.now() + 9 * 60_000);
    expect(mailsWith(stack, ADA, 'waited: lost.')).toEqual([]);

    await stack.change('lost', { dueAt: Date.now() });
    expect((await release()).outcome).toEqual(summary({ released: 1 }));
    await isSent('lost');
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'waited: lost.')).toHaveLength(1);
  });

  it('releases the others when a record or the profile of a mailbox cannot be read', async () => {
    const unreadable = { key: 'unreadable', mailbox: 'support', dueAt: Date.now(), state: 'from a later version' };
    await stack.db.send(new PutCommand({ TableName: stack.output('MessagesTable'), Item: unreadable }));
    await storeMalformedProfile(stack, 'wrong');
    await leaveWaiting('support', 'behind');
    await leaveWaiting('sales', 'beside');
    await stack.change('behind', { dueAt: Date.now() });
    await stack.change('beside', { dueAt: Date.now() }, 'sales');
    const failures = [{ mailbox: 'wrong', code: 'MAILBOX_MALFORMED' }];
    expect((await release()).outcome).toMatchObject({ released: 2, unknown: 0, malformed: 1, failures });
    expect(stack.log.join('\n')).toContain('message unreadable: idempotencyKey');
    await isSent('behind');
    await isSent('beside', 'sales');
  });

  it('writes no address and no text into a log', () => {
    expect(stack.log.join('\n')).toContain('released waiting messages');
    expect(stack.log.join('\n')).not.toMatch(/@customer\.example|@shop\.example>? |waited: /);
  });
});
