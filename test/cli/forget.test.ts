// `mailroom forget`: what is kept of a person is gone, what keeps a mail from being sent twice is not, and nobody else's.
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { startCallsProxy, type Verdict } from '../functions/calls-proxy.ts';
import { ADA, GRACE, mailsWith, startTestStack, type TestStack } from '../functions/stack.ts';
import { runMailroom } from './run-mailroom.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.invoke('RefreshTokensFunction', {});
  await stack.invoke('PollRepliesFunction', {});
  await leaveData();
});

afterAll(async () => {
  await stack?.stop();
});

const forget = (...args: string[]) => runMailroom(stack, ['forget', ...args]);
const HOUR = 3_600_000;

async function leaveData(): Promise<void> {
  const { outcome } = await stack.send({
    idempotencyKey: 'alone',
    to: 'Ada@Customer.example',
    context: { name: 'Ada' },
  });
  await stack.send({ idempotencyKey: 'both', to: [ADA, GRACE], context: { order: 1 } });
  await stack.send({ idempotencyKey: 'hers', to: GRACE, context: { name: 'Grace' } });
  stack.google.faults.smtp({ at: 'RCPT', do: { reply: `550 5.1.1 <${ADA}>: no such user. - gsmtp` } });
  await stack.send({ idempotencyKey: 'refused', to: ADA });
  await stack.send({
    idempotencyKey: 'waits',
    context: { name: 'Ada' },
    to: ADA,
    sendAt: Date.now() + HOUR,
    html: 'x'.repeat(150_000),
  });
  const bounce = (recipient: string) => ({ recipient, type: 'hard', status: '5.1.1', at: Date.now() });
  await stack.change('both', { bounces: [bounce(ADA), bounce(GRACE)], bouncedBy: new Set(['support/1', 'support/2']) });
  const support = stack.google.account(SUPPORT.address);
  const to = `To: ${SUPPORT.address}\r\nSubject: Re\r\nIn-Reply-To: ${outcome?.messageId}\r\n`;
  const parts = [
    '--b',
    'Content-Type: text/plain',
    '',
    'Mine.',
    '--b',
    'Content-Type: text/csv; name=a.csv',
    '',
    '1,2',
    '--b--',
  ];
  support.deliver(`From: Ada <${ADA}>\r\n${to}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts.join('\r\n')}`);
  support.deliver(`From: Grace <${GRACE}>\r\n${to}\r\nI am not ${ADA}.`);
  await stack.invoke('PollRepliesFunction', {});
  const status = `Final-Recipient: rfc822; ${ADA}\r\nAction: failed\r\nStatus: 5.1.1`;
  const report = [
    '--b',
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; x\r\n\r\n${status}`,
    '--b--',
  ];
  const dsn = 'Content-Type: multipart/report; report-type=delivery-status; boundary=b';
  await storeRaw(
    'bounce',
    `From: Mail Delivery Subsystem <mailer-daemon@x.example>\r\n${dsn}\r\n\r\n${report.join('\r\n')}`,
  );
  await storeRaw('by-hand', `From: ${SUPPORT.address}\r\nTo: ${ADA}\r\nSubject: Re\r\n\r\nDear Ada`);
  await storeRaw(
    'of-others',
    `From: ${SUPPORT.address}\r\nTo: ${GRACE}\r\nSubject: Re\r\n\r\nDear Grace, ${ADA} left.`,
  );
}

/** As a poll leaves it. */
async function storeRaw(name: string, Body: string): Promise<void> {
  const Key = `raw/support/${name}.eml`;
  await stack.s3.send(new PutObjectCommand({ Bucket: stack.output('MailBucket'), Key, Body }));
}

async function objects(prefix = 'raw/'): Promise<readonly string[]> {
  const list = new ListObjectsV2Command({ Bucket: stack.output('MailBucket'), Prefix: prefix });
  return ((await stack.s3.send(list)).Contents ?? []).map(({ Key = '' }) => Key);
}

async function tableText(): Promise<string> {
  const { Items = [] } = await stack.db.send(new ScanCommand({ TableName: stack.output('MessagesTable') }));
  return JSON.stringify(Items.filter(({ idempotencyKey }) => idempotencyKey !== 'waits')).toLowerCase();
}

describe('forget', () => {
  it('shows first what it found, and changes nothing for --dry-run or where nobody confirms', async () => {
    const before = [await tableText(), await objects()];
    const { exitCode, stdout, stderr } = await forget(ADA, '--dry-run');
    expect([exitCode, stdout]).toEqual([0, 'nothing was changed\n']);
    expect(stderr).toMatch(/messages that were sent +3\n/);
    expect(stderr).toMatch(/raw mails +3\n/);
    expect(stderr).toContain('left: message waits of support is waiting');
    expect((await forget(ADA)).exitCode).toBe(2);
    expect((await forget(ADA, '--json')).json()[0]).toMatchObject({ error: { code: 'USAGE' } });
    expect((await forget('ada', '--dry-run')).exitCode).toBe(2);
    expect([await tableText(), await objects()]).toEqual(before);
  });

  it("deletes that person's data, with attachments, and leaves what waits", async () => {
    const { exitCode, json } = await forget(ADA, '--yes', '--json');
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject([
      {
        messages: 3,
        contexts: 1,
        sharedContexts: 1,
        mails: 3,
        waiting: [{ mailbox: 'support', key: 'waits', state: 'waiting' }],
        cancelled: 0,
        deleted: true,
        cannotDelete: expect.arrayContaining([expect.stringContaining('Gmail itself')]),
      },
    ]);
    expect(await tableText()).not.toContain(ADA);
    const alone = await stack.item('alone');
    expect(alone).toMatchObject({
      state: 'sent',
      recipients: [],
      outcome: { kind: 'sent' },
      messageId: expect.any(String),
    });
    expect(alone).not.toHaveProperty('context');
    expect(await stack.item('both')).toMatchObject({
      recipients: [GRACE],
      context: '{"order":1}',
      bounces: [{ recipient: GRACE }],
    });
    expect(await stack.item('refused')).toMatchObject({
      state: 'failed',
      outcome: {
        kind: 'failed',
        code: 'RECIPIENT_REFUSED',
        response: '550 5.1.1 <(forgotten)>: no such user. - gsmtp',
      },
    });
    expect(await stack.item('hers')).toMatchObject({ recipients: [GRACE], context: '{"name":"Grace"}' });
    // Grace's answer, and what was written to her; neither the attachment nor anything else of Ada's.
    expect(await objects()).toEqual([expect.stringMatching(/\.eml$/), expect.stringMatching(/\.eml$/)]);
    expect(await objects()).toContain('raw/support/of-others.eml');
  });

  it('sends nothing twice of what was forgotten', async () => {
    const before = mailsWith(stack, ADA, 'Hello Ada').length;
    const { outcome } = await stack.send({
      idempotencyKey: 'alone',
      to: 'Ada@Customer.example',
      context: { name: 'Ada' },
    });
    expect(outcome).toMatchObject({ kind: 'replayed', saved: { kind: 'sent' } });
    expect(mailsWith(stack, ADA, 'Hello Ada')).toHaveLength(before);
    expect((await runMailroom(stack, ['status', 'alone'])).exitCode).toBe(0);
  });

  it('forgets the others of a message after the one of whom a bounce told', async () => {
    await stack.send({ idempotencyKey: 'three', to: [ADA, GRACE, 'third@customer.example'] });
    const bounce = { recipient: ADA, type: 'hard', status: '5.1.1', at: Date.now() };
    await stack.change('three', { bounces: [bounce], bouncedBy: new Set(['support/3']) });
    for (const address of [ADA, GRACE]) {
      const { exitCode, json } = await forget(address, '--yes', '--json');
      expect(exitCode).toBe(0);
      expect(json()).toMatchObject([{ deleted: true }]);
    }
    // The list stays: without it, the next bounce could not be noted.
    expect(await stack.item('three')).toMatchObject({ recipients: ['third@customer.example'], bounces: [] });
  });

  it('calls off what waits where it is told to, and can be repeated', async () => {
    const { json } = await forget(ADA, '--cancel', '--yes', '--json');
    expect(json()).toMatchObject([
      { messages: 1, contexts: 1, sharedContexts: 0, waiting: [], cancelled: 1, deleted: true },
    ]);
    expect(await stack.item('waits')).toMatchObject({ state: 'cancelled', recipients: [] });
    expect(await objects('requests/')).toEqual([]);
    expect((await forget(ADA, '--yes', '--json')).json()).toMatchObject([{ messages: 0, mails: 0, waiting: [] }]);
  });

  it('does not count what it could not change, names it, and ends with 1', async () => {
    await stack.send({ idempotencyKey: 'stays', to: ADA, context: { name: 'Ada' } });
    const recipients = [ADA];
    const tables = await startCallsProxy();
    tables.target = stack.aws.endpoints.dynamodb;
    // Somebody else changes it before each write.
    tables.onCall = async (operation): Promise<Verdict> => {
      if (operation !== 'UpdateItem') return 'pass';
      recipients.push(`other-${recipients.length}@customer.example`);
      await stack.change('stays', { recipients });
      return 'pass';
    };
    const environment = { AWS_ENDPOINT_URL_DYNAMODB: tables.url };
    const { exitCode, json } = await runMailroom(stack, ['forget', ADA, '--yes', '--json'], { environment });
    await tables.close();
    expect(exitCode).toBe(1);
    expect(json()).toMatchObject([
      {
        messages: 0,
        contexts: 0,
        waiting: [],
        unchanged: [{ mailbox: 'support', key: 'stays', state: 'sent' }],
        malformed: [],
      },
    ]);
  });
});
