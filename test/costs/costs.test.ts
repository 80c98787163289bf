// docs/costs.md is true: its tables are what is counted here. Where they have changed for a reason: npm test -- costs -u
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SLOTS } from '../../lib/core/sending-state.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, SALES, startTestStack, type TestStack } from '../functions/stack.ts';
import { withTables } from '../markdown-tables.ts';
import { ASSEMBLY } from '../synthesise.ts';
import { Meter, type Usage } from './meter.ts';
import { LOG_BYTES, type ScheduledUsage } from './model.ts';
import { priceSends, tableOfMonths, tableOfPrices } from './tables.ts';

/** START, END and REPORT. */
const LAMBDA_LOG_BYTES = 350;
const DOCUMENT = fileURLToPath(new URL('../../docs/costs.md', import.meta.url));

describe('what Mailroom costs', () => {
  let meter: Meter;
  let stack: TestStack;

  beforeAll(async () => {
    meter = await Meter.start();
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES], processEnvironment: meter.environment });
    meter.watch(stack.aws);
  });

  afterAll(async () => {
    await stack?.stop();
    await meter?.close();
  });

  it('is what docs/costs.md says, and 1,000 sends cost at most $0.02', async () => {
    const month = tableOfMonths(await usageOfMailboxes(), alarmsOf(ASSEMBLY));
    const cold = await usageOfSend('the first of a process reads the token');
    const invoked = await usageOfSend('the second has it');
    const ten = atMost(await usageOfTen(), invoked);
    const sends = priceSends({ cold, invoked, ten, reply: await usageOfReply() });
    for (const { price } of sends.ours) expect(price).toBeLessThanOrEqual(0.02);
    const document = withTables(readFileSync(DOCUMENT, 'utf8'), { prices: tableOfPrices(), sends: sends.table, month });
    await expect(document).toMatchFileSnapshot(DOCUMENT);
  }, 60_000);

  it('logs no more than it reckons with', () => {
    const lines = stack.log.filter((line) => line.startsWith('{'));
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(line.length).toBeLessThan(LOG_BYTES - LAMBDA_LOG_BYTES);
  });

  const mail = (idempotencyKey: string) => ({ idempotencyKey, text: 'word '.repeat(400), context: { order: 4711 } });

  function usageOfSend(idempotencyKey: string): Promise<Usage> {
    return meter.usageOf(() => stack.send(mail(idempotencyKey)));
  }

  async function usageOfTen(): Promise<Usage> {
    await stack.drain([mail('the first of this process')]);
    return meter.usageOf(() => stack.drain(Array.from({ length: 10 }, (_, index) => mail(`queued ${index}`))));
  }

  async function usageOfReply(): Promise<Usage> {
    const messageId = String((await stack.send(mail('question'))).outcome?.messageId);
    await stack.invoke('PollRepliesFunction', {});
    const header = `From: ${ADA}\r\nTo: ${SUPPORT.address}\r\nMessage-ID: <yes@customer.example>\r\nIn-Reply-To: ${messageId}`;
    stack.google.account(SUPPORT.address).deliver(`${header}\r\n\r\nYes, please.\r\n`);
    const usage = await meter.usageOf(() => stack.invoke('PollRepliesFunction', {}));
    expect(await stack.receive('RepliesUrl')).toHaveLength(1);
    return usage;
  }

  /** What the schedules do for two mailboxes and for one: the difference is what a further one takes. */
  async function usageOfMailboxes(): Promise<{ one: ScheduledUsage; two: ScheduledUsage }> {
    await usageOfSchedules();
    const two = await usageOfSchedules();
    const Key = { key: `${SALES.id}#profile` };
    await stack.db.send(new DeleteCommand({ TableName: stack.output('MailboxesTable'), Key }));
    return { one: await usageOfSchedules(), two };
  }

  async function usageOfSchedules(): Promise<ScheduledUsage> {
    for (const { id } of [SUPPORT, SALES]) await makeTokenOld(id);
    const run = (name: string) => meter.usageOf(() => stack.invoke(name, {}));
    return {
      refresh: await run('RefreshTokensFunction'),
      poll: await run('PollRepliesFunction'),
      release: await run('ReleaseWaitingFunction'),
    };
  }

  /** As half an hour after the last refresh. */
  async function makeTokenOld(mailbox: string): Promise<void> {
    const update = {
      TableName: stack.output('MailboxesTable'),
      Key: { key: `${mailbox}#grant` },
      UpdateExpression: 'SET tokenExpiresAt = :soon',
      ExpressionAttributeValues: { ':soon': Date.now() + 30 * 60_000 },
    };
    await stack.db.send(new UpdateCommand(update));
  }
});

/** Of ten over three connections, three slots are given back; how many writes of the slots meet in one is chance. */
function atMost(ten: Usage, invoked: Usage): Usage {
  const writeUnits = 10 * invoked.writeUnits - (10 - SLOTS);
  expect(ten.writeUnits).toBeLessThanOrEqual(writeUnits);
  expect(ten.readUnits).toBeLessThanOrEqual(20);
  return { ...ten, writeUnits, readUnits: 20 };
}

function alarmsOf(assembly: string): number {
  const { Resources } = JSON.parse(readFileSync(join(assembly, 'Mailroom.template.json'), 'utf8'));
  const types = Object.values(Resources).map((resource) => Object(resource).Type);
  return types.filter((type) => type === 'AWS::CloudWatch::Alarm').length;
}
