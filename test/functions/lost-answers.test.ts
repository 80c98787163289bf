// The tables are written, and the answer is lost: the SDK asks again, and is refused by the condition of its own first
// request. That must neither send a mail twice, nor make a sent one look like a failure.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CallsProxy, startCallsProxy, type Verdict } from './calls-proxy.ts';
import { ADA, mailsWith, startTestStack, type TestStack, until } from './stack.ts';

const IS_CALL = {
  claim: (operation: string) => operation === 'PutItem',
  takeUp: (operation: string, body: string) => operation === 'UpdateItem' && body.includes('#state = :claimed'),
  transmitting: (operation: string, body: string) => operation === 'UpdateItem' && body.includes('"transmitting"'),
  settle: (operation: string, body: string) => operation === 'UpdateItem' && body.includes('outcome = :outcome'),
  rest: (operation: string, body: string) => operation === 'UpdateItem' && body.includes('code = :code'),
};

describe('a write to the tables', () => {
  let stack: TestStack;
  let proxy: CallsProxy;

  beforeAll(async () => {
    proxy = await startCallsProxy();
    stack = await startTestStack({
      processEnvironment: { AWS_ENDPOINT_URL_DYNAMODB: proxy.url },
      parameters: { ClaimLeaseSeconds: '1' },
    });
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

  /** Counts the calls of a kind, and loses the answer to the first, which has been made. */
  function loseAnswer(call: keyof typeof IS_CALL): () => number {
    let seen = 0;
    proxy.onCall = (operation, body) => {
      if (!IS_CALL[call](operation, body)) return 'pass';
      seen += 1;
      return seen === 1 ? () => undefined : 'pass';
    };
    return () => seen;
  }

  /** As if the table could not be reached for this write. */
  function refuse(call: keyof typeof IS_CALL): void {
    proxy.onCall = (operation, body) => (IS_CALL[call](operation, body) ? 'drop' : 'pass');
  }

  const isBusyAtMail = () =>
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '451 4.3.0 Temporary System Problem. - gsmtp' } });

  it.each(['claim', 'transmitting', 'settle'] as const)('does not hide that a mail was sent: %s', async (call) => {
    const seen = loseAnswer(call);
    const mail = { idempotencyKey: `lost ${call}`, text: `lost answer: ${call}.` };
    const first = await stack.send(mail);
    expect(seen()).toBeGreaterThan(1);
    expect(first.outcome?.kind).toBe('sent');
    expect((await stack.send(mail)).outcome).toMatchObject({ kind: 'replayed', saved: first.outcome });
    expect(mailsWith(stack, ADA, `lost answer: ${call}.`)).toHaveLength(1);
  });

  it('does not hide that a message waits', async () => {
    const seen = loseAnswer('rest');
    isBusyAtMail();
    const { outcome } = await stack.send({ idempotencyKey: 'lost rest' });
    expect(seen()).toBeGreaterThan(1);
    expect(outcome).toMatchObject({ kind: 'queued', code: 'SERVER_BUSY' });
    expect((await stack.item('lost rest'))?.dueAt).toBe(outcome?.dueAt);
  });

  it('does not hide that a message was taken up again', async () => {
    isBusyAtMail();
    const mail = { idempotencyKey: 'lost take up', text: 'lost answer: take up.' };
    await stack.send(mail);
    await stack.change('lost take up', { dueAt: Date.now() });
    const seen = loseAnswer('takeUp');
    expect((await stack.send(mail)).outcome?.kind).toBe('sent');
    expect(seen()).toBeGreaterThan(1);
    expect(await stack.item('lost take up')).toMatchObject({ state: 'sent', attempt: 2 });
    expect(mailsWith(stack, ADA, 'lost answer: take up.')).toHaveLength(1);
  });

  it('is made by one of two who take up a message at once', async () => {
    isBusyAtMail();
    const mail = { idempotencyKey: 'two', text: 'taken up by two.' };
    await stack.send(mail);
    await stack.change('two', { dueAt: Date.now() });
    let seen = 0;
    proxy.onCall = async (operation, body): Promise<Verdict> => {
      if (!IS_CALL.takeUp(operation, body)) return 'pass';
      seen += 1;
      await until('the other', async () => seen === 2);
      return 'pass';
    };
    const kinds = (await Promise.all([stack.send(mail), stack.send(mail)])).map(({ outcome }) => outcome?.kind);
    expect(kinds.sort()).toEqual(['queued', 'sent']);
    expect(mailsWith(stack, ADA, 'taken up by two.')).toHaveLength(1);
  });

  it('that was never made keeps a record of a batch for the next delivery, and the others are settled', async () => {
    const batch = ['a', 'b', 'c', 'd'].map((key) => ({
      idempotencyKey: `batch ${key}`,
      text: `of the batch: ${key}.`,
    }));
    let hash: string | undefined;
    proxy.onCall = (operation, body) => {
      if (IS_CALL.claim(operation) && body.includes('batch c')) hash = /"key":\{"S":"([0-9a-f]{64})"/.exec(body)?.[1];
      return hash !== undefined && IS_CALL.settle(operation, body) && body.includes(hash) ? 'drop' : 'pass';
    };
    const { outcome } = await stack.drain(batch);
    expect(outcome?.batchItemFailures).toHaveLength(1);
    proxy.onCall = () => 'pass';
    for (const key of ['a', 'b', 'd']) expect((await stack.item(`batch ${key}`))?.state).toBe('sent');
    expect((await stack.item('batch c'))?.state).toBe('transmitting');
    expect((await stack.drain(batch)).outcome).toEqual({ batchItemFailures: [] });
    expect(mailsWith(stack, ADA, 'of the batch: ')).toHaveLength(4);
    await until('its lease to end', async () => Number((await stack.item('batch c'))?.dueAt) <= Date.now());
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ unknown: 1 });
    expect((await stack.item('batch c'))?.state).toBe('unknown');
  });

  it.each(['claim', 'transmitting'] as const)('that cannot be made before the mail sends none: %s', async (call) => {
    refuse(call);
    const mail = { idempotencyKey: `refused ${call}`, text: `refused write: ${call}.` };
    expect((await stack.send(mail)).errorType).toBe('UnexpectedFault');
    expect(mailsWith(stack, ADA, `refused write: ${call}.`)).toEqual([]);
    proxy.onCall = () => 'pass';
    await until(
      'its lease to end',
      async () => Number((await stack.item(mail.idempotencyKey))?.dueAt ?? 0) <= Date.now(),
    );
    expect((await stack.send(mail)).outcome?.kind).toBe('sent');
    expect(mailsWith(stack, ADA, `refused write: ${call}.`)).toHaveLength(1);
  });
});
