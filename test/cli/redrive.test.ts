// `mailroom redrive`: dead letters are shown without what they hold, go back once, and are never lost.
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, MAIL, mailsWith, SALES, startTestStack, type TestStack, until } from '../functions/stack.ts';
import { runMailroom } from './run-mailroom.ts';

let stack: TestStack;
let letters = 0;

beforeAll(async () => {
  stack = await startTestStack({ mailboxes: [SUPPORT, SALES] });
  await stack.invoke('RefreshTokensFunction', {});
});

beforeEach(async () => {
  stack.google.faults.clear();
  await stack.passTime();
  for (const queue of ['OutboxDeadUrl', 'RepliesDeadUrl', 'RepliesUrl']) {
    while ((await stack.receive(queue, 0)).length > 0);
  }
});

afterAll(async () => {
  await stack?.stop();
});

const redrive = (...args: string[]) => runMailroom(stack, ['redrive', ...args]);

interface Letter {
  readonly body: object;
  readonly code?: string;
  readonly reason?: string;
  readonly group?: string;
}

async function putAside(queue: string, { body, code, reason = 'because', group = 'support' }: Letter): Promise<void> {
  letters += 1;
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  await stack.sqs.send(
    new SendMessageCommand({
      QueueUrl: stack.output(queue),
      MessageBody: JSON.stringify(body),
      MessageGroupId: group,
      MessageDeduplicationId: `letter ${letters}`,
      ...(code !== undefined && { MessageAttributes: { Code: text(code), Reason: text(reason) } }),
    }),
  );
}

const request = (key: string, more: object = {}) => ({ ...MAIL, idempotencyKey: key, text: `${key}.`, ...more });
/** As a reply event that its consumer never acknowledged. */
const event = { version: 1, kind: 'reply', id: 'support/1', mailbox: 'support', text: 'secret words', from: ADA };

describe('redrive', () => {
  it('shows code, reason, mailbox, key and whether it can help; no body, no address; and changes nothing', async () => {
    await putAside('OutboxDeadUrl', {
      body: request('order 1'),
      code: 'SECRET_MISSING',
      reason: `550 5.1.1 <${ADA}>: who?`,
    });
    await putAside('OutboxDeadUrl', { body: request('order 2', { mailbox: 'sales' }), group: 'sales' });
    await putAside('RepliesDeadUrl', { body: event, group: 'thread' });
    for (const round of [1, 2]) {
      const { exitCode, stdout, stderr } = await redrive('--dry-run');
      expect(exitCode, `round ${round}`).toBe(0);
      expect(stdout).toMatch(
        /queue +outbox\ncode +SECRET_MISSING\nreason +550 5\.1\.1 <\(address\)>: who\?\nmailbox +support\nkey +order 1\n/,
      );
      expect(stdout).toMatch(/queue +replies\nmailbox +support\nevent id +support\/1\n/);
      expect(stdout).toMatch(/3 dead letters shown, 0 put back, about 3 left\n$/);
      for (const hidden of [ADA, 'Hello', 'secret words', 'order 1.']) expect(stdout + stderr).not.toContain(hidden);
    }
    const lines = (await redrive('--dry-run', '--json', '--queue', 'outbox')).json();
    expect(lines).toMatchObject([
      {
        queue: 'outbox',
        code: 'SECRET_MISSING',
        key: 'order 1',
        canHelp: expect.stringMatching(/^yes/),
        canGoBack: true,
      },
      { queue: 'outbox', mailbox: 'sales', key: 'order 2', canHelp: expect.stringMatching(/^yes/) },
      { shown: 2, redriven: 0, left: 2 },
    ]);
  });

  it('puts letters back, and what they ask for is done once', async () => {
    for (const key of ['mended 1', 'mended 2']) {
      await putAside('OutboxDeadUrl', { body: request(key), code: 'SECRET_MISSING' });
    }
    const { exitCode, stdout } = await redrive('--yes');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/2 dead letters shown, 2 put back, about 0 left\n$/);
    for (const key of ['mended 1', 'mended 2']) {
      await until(`${key} to be sent`, async () => (await stack.item(key))?.state === 'sent');
      expect(mailsWith(stack, ADA, `${key}.`)).toHaveLength(1);
    }
    expect(await stack.receive('OutboxDeadUrl', 0)).toEqual([]);
  });

  it('goes through all letters of one mailbox, and leaves alone what fails again', async () => {
    for (let index = 0; index < 6; index += 1) {
      await putAside('OutboxDeadUrl', { body: request(`many ${index}`, { to: 'nobody' }), code: 'REQUEST_INVALID' });
    }
    const [end] = (await redrive('--yes', '--json')).json().slice(-1);
    expect(end).toMatchObject({ redriven: 6 });
    await stack.aws.idle();
    const [again] = (await redrive('--dry-run', '--json')).json().slice(-1);
    expect(again).toMatchObject({ redriven: 0, left: 6 });
  });

  it('takes those of one code', async () => {
    await putAside('OutboxDeadUrl', { body: request('other'), code: 'REQUEST_MISSING' });
    await putAside('OutboxDeadUrl', { body: request('this'), code: 'MAILBOX_UNKNOWN', group: 'sales' });
    expect((await redrive('--yes', '--json', '--code', 'MAILBOX_UNKNOWN')).json()).toMatchObject([
      { key: 'this' },
      { shown: 1, redriven: 1, left: 1 },
    ]);
    expect((await redrive('--dry-run', '--code', 'NO_CODE')).exitCode).toBe(2);
  });

  it('gives a reply to its consumer again, as it was; a mail that cannot be parsed stays', async () => {
    const unreadable = {
      id: 'support/2',
      mailbox: 'support',
      raw: { bucket: 'b', key: 'k' },
      reason: 'cannot be parsed',
    };
    await putAside('RepliesDeadUrl', { body: event, group: 'thread' });
    await putAside('RepliesDeadUrl', { body: unreadable, group: 'support' });
    expect((await redrive('--yes', '--json')).json()).toMatchObject([
      { eventId: 'support/1', canGoBack: true },
      { eventId: 'support/2', code: 'REPLY_UNREADABLE', canGoBack: false },
      { shown: 2, redriven: 1, left: 1 },
    ]);
    expect((await stack.receive('RepliesUrl')).map(({ Body }) => JSON.parse(Body ?? ''))).toEqual([event]);
    expect((await stack.receive('RepliesDeadUrl', 0)).map(({ Body }) => JSON.parse(Body ?? ''))).toEqual([unreadable]);
  });

  it('changes nothing where nobody can confirm it, and all is visible again at once', async () => {
    await putAside('OutboxDeadUrl', { body: request('unconfirmed'), code: 'SECRET_MISSING' });
    const plain = await redrive();
    expect(plain.exitCode).toBe(2);
    expect(plain.stderr).toMatch(/USAGE: nobody is here to answer.*\ngive --yes/);
    const json = await redrive('--json');
    expect([json.exitCode, json.json()[0]?.error]).toMatchObject([2, { code: 'USAGE' }]);
    expect(await stack.receive('OutboxDeadUrl', 0)).toHaveLength(1);
  });
});
