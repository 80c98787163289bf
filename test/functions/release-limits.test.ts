// What release-waiting leaves where it is, what it expires, and what it tells whoever watches.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { ASSEMBLY } from '../synthesise.ts';
import { ADA, mailsWith, SALES, startTestStack, type TestStack } from './stack.ts';

const HOUR = 3_600_000;

describe('release-waiting', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES] });
    await stack.invoke('RefreshTokensFunction', {});
  });

  beforeEach(async () => {
    stack.google.faults.clear();
    stack.log.length = 0;
    for (const { id } of [SUPPORT, SALES]) await setState(id, {});
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const release = async () => (await stack.invoke('ReleaseWaitingFunction', {})).outcome;

  /** What the mailbox may send, as time or another process would leave it. */
  async function setState(mailbox: string, state: object): Promise<void> {
    const Item = { key: `${mailbox}#sending`, version: Date.now(), nonce: 'test', slots: [], hours: [], ...state };
    await stack.db.send(new PutCommand({ TableName: stack.output('MailboxesTable'), Item }));
  }

  const heldFor = (ms: number) => ({
    hold: { code: 'MAILBOX_THROTTLED', since: Date.now(), until: Date.now() + ms, failures: 1 },
  });

  async function leaveDue(mailbox: string, keys: readonly string[], request: object = {}): Promise<void> {
    for (const key of keys) {
      const mail = { mailbox, idempotencyKey: key, text: `due: ${key}.`, ...request };
      await stack.send({ ...mail, sendAt: Date.now() + HOUR });
      await stack.change(key, { dueAt: Date.now() }, mailbox);
    }
  }

  const runMetrics = () =>
    stack.log.flatMap((line) => {
      const [metrics] = line.includes('"_aws"') ? [JSON.parse(line.slice(line.indexOf('{')))] : [];
      return metrics === undefined ? [] : [metrics];
    });

  it('puts back no more than the quota has room for, the oldest first', async () => {
    const hour = Math.floor(Date.now() / HOUR);
    await setState('support', { hours: [{ hour, messages: 1_998, recipients: 1_998 }] });
    await leaveDue('support', ['oldest', 'older', 'newest']);
    expect(await release()).toMatchObject({ released: 2 });
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'due: newest.')).toEqual([]);
    expect(mailsWith(stack, ADA, 'due: old')).toHaveLength(2);
    expect(await release()).toMatchObject({ released: 0 });
    await setState('support', {});
    expect(await release()).toMatchObject({ released: 1 });
    await stack.aws.idle();
  });

  it('expires what is no longer worth sending, on hold too, and removes its request', async () => {
    await leaveDue('support', ['stale'], { notAfter: Date.now() + 2 * HOUR, html: 'x'.repeat(150_000) });
    await stack.change('stale', { notAfter: Date.now() - 1 });
    await setState('support', heldFor(HOUR));
    expect(await release()).toMatchObject({ expired: 1, released: 0, held: 1 });
    expect(await stack.item('stale')).toMatchObject({ state: 'expired', outcome: { kind: 'expired' } });
    expect((await stack.item('stale'))?.requestObject).toBeUndefined();
    expect(await release()).toMatchObject({ expired: 0 });
  });

  it('looks at what expires during a hold when it expires', async () => {
    await setState('support', heldFor(HOUR));
    const notAfter = Date.now() + HOUR / 2;
    const { outcome } = await stack.send({ idempotencyKey: 'code', notAfter });
    expect(outcome).toMatchObject({ kind: 'held', code: 'MAILBOX_THROTTLED', dueAt: notAfter + 1 });
  });

  it('publishes, with polls, audits and refreshes, what alarms watch: nothing else, and nothing less', async () => {
    // How many days are left is told of a grant that has an end.
    await stack.db.send(
      new UpdateCommand({
        TableName: stack.output('MailboxesTable'),
        Key: { key: 'support#grant' },
        UpdateExpression: 'SET refreshTokenExpiresAt = :end',
        ExpressionAttributeValues: { ':end': Date.now() + 72 * HOUR },
      }),
    );
    const functions = ['ReleaseWaiting', 'PollReplies', 'AuditReplies', 'RefreshTokens'];
    for (const name of functions) await stack.invoke(`${name}Function`, {});
    const watched = alarmsOn('Mailroom').map(({ MetricName, Dimensions }) => [MetricName, Dimensions]);
    const published = stack.log
      .filter((line) => line.includes('"_aws"'))
      .flatMap((line) => JSON.parse(line)._aws.CloudWatchMetrics[0].Metrics)
      .map(({ Name }: { Name: string }) => Name);
    const Dimensions = [{ Name: 'service', Value: 'Mailroom' }];
    expect(watched.toSorted()).toEqual([...new Set(published)].toSorted().map((name) => [name, Dimensions]));
  });

  it('reports that it ran, how many mailboxes are held, and how late the oldest mail is', async () => {
    await leaveDue('support', ['late', 'later']);
    await stack.change('late', { dueAt: Date.now() - 20 * 60_000 });
    await setState('support', heldFor(HOUR));
    await release();
    const [metrics, ...more] = runMetrics();
    expect(more).toEqual([]);
    expect(metrics).toMatchObject({
      service: 'Mailroom',
      Runs: 1,
      HeldMailboxes: 1,
      OverdueSeconds: expect.any(Number),
    });
    expect(metrics._aws.CloudWatchMetrics[0]).toMatchObject({ Namespace: 'Mailroom', Dimensions: [['service']] });
    expect(metrics.OverdueSeconds).toBeGreaterThanOrEqual(20 * 60);
    expect(metrics.OverdueSeconds).toBeLessThan(21 * 60);
  });
});

function alarmsOn(namespace: string): { MetricName: string; Dimensions: object[] }[] {
  const { Resources } = JSON.parse(readFileSync(join(ASSEMBLY, 'Mailroom.template.json'), 'utf8'));
  const properties = Object.values<{ Properties: { Namespace?: string; MetricName: string; Dimensions: object[] } }>(
    Resources,
  ).map(({ Properties }) => Properties);
  return properties.filter(({ Namespace }) => Namespace === namespace);
}
