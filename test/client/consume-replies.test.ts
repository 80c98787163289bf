// A Lambda function on the replies queue: each reply once, those of a thread in order, and a bad one alone.
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSHandler } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consumeReplies, createHandledReplies, type HandledReplies } from '../../lib/client/mailroom.ts';
import { type HandledTable, startHandledTable, TABLE } from './handled-fixture.ts';
import { eventOf, recordOf } from './reply-fixture.ts';

/** A consumer that notes what it handled, and fails where it is told to. */
function consumer(options: { fails?: (id: string) => boolean; handled?: HandledReplies } = {}) {
  const seen: string[] = [];
  const failures: [string | undefined, string][] = [];
  const handler = consumeReplies(
    async ({ id }) => {
      if (options.fails?.(id)) throw new Error(`no ${id}`);
      seen.push(id);
    },
    {
      handled: options.handled,
      onFailure: (error, messageId) => void failures.push([messageId, error instanceof Error ? error.message : '']),
    },
  );
  const run = async (event: SQSEvent) =>
    (await handler(event)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { seen, failures, handler, run };
}

describe('a consumer of replies', () => {
  it('handles every reply of a batch, typed, and fails none', async () => {
    const { seen, run } = consumer();
    expect(await run(eventOf(recordOf('a1', 'a'), recordOf('b1', 'b'), recordOf('a2', 'a')))).toEqual([]);
    expect(seen.toSorted()).toEqual(['a1', 'a2', 'b1']);
    expect(seen.indexOf('a1')).toBeLessThan(seen.indexOf('a2'));
  });

  it('fails a reply and those after it in its thread, untouched; other threads go on', async () => {
    const { seen, failures, run } = consumer({ fails: (id) => id === 'a2' });
    const records = ['a1', 'b1', 'a2', 'b2', 'a3', 'a4', 'b3'].map((id) => recordOf(id, id.charAt(0)));
    expect(await run(eventOf(...records))).toEqual(['a2', 'a3', 'a4']);
    expect(seen.toSorted()).toEqual(['a1', 'b1', 'b2', 'b3']);
    expect(failures).toEqual([['a2', 'no a2']]);
  });

  it('waits for a reply before it begins the next of its thread, and for no other thread', async () => {
    const first = Promise.withResolvers<void>();
    const begun: string[] = [];
    const handler = consumeReplies(async ({ id }) => {
      begun.push(id);
      if (id === 'a1') await first.promise;
      if (id === 'b2') first.resolve();
    });
    await handler(eventOf(...['a1', 'a2', 'b1', 'b2'].map((id) => recordOf(id, id.charAt(0)))));
    expect(begun.indexOf('a2')).toBe(3);
  });

  it.each([
    ['no JSON', '{'],
    ['another version', '{"version":2}'],
    ['a letter of the poller', '{"id":"support/1","mailbox":"support","reason":"x"}'],
  ])('fails a record alone that is no reply event: %s', async (_what, body) => {
    const { seen, failures, run } = consumer();
    const event = eventOf(recordOf('a1', 'a'), recordOf('bad', 'a', body), recordOf('a2', 'a'), recordOf('b1', 'b'));
    expect(await run(event)).toEqual(['bad']);
    expect(seen.toSorted()).toEqual(['a1', 'a2', 'b1']);
    expect(failures).toEqual([['bad', expect.stringContaining('reply event')]]);
  });

  it('takes a record without a group as a thread of its own', async () => {
    const { seen, run } = consumer({ fails: (id) => id === 'x' });
    const records = ['x', 'y'].map((id) => ({ ...recordOf(id, 't'), attributes: { ...recordOf(id, 't').attributes } }));
    for (const { attributes } of records) delete attributes.MessageGroupId;
    expect(await run(eventOf(...records))).toEqual(['x']);
    expect(seen).toEqual(['y']);
  });

  it('refuses an event of another source by name, and handles an empty one', async () => {
    const { handler, run } = consumer();
    await expect(handler({ source: 'aws.events' })).rejects.toMatchObject({
      code: 'EVENT_INVALID',
      details: { field: 'Records' },
    });
    expect(await run(eventOf())).toEqual([]);
  });

  it('is a handler of its own, and one that middy wraps', async () => {
    const { seen, handler } = consumer({ fails: (id) => id === 'b1' });
    const plain: SQSHandler = handler;
    expect(plain).toBe(handler);
    const steps: string[] = [];
    const wrapped = middy<SQSEvent, SQSBatchResponse, Error, Context>()
      .use({ before: () => void steps.push('before'), after: () => void steps.push('after') })
      .handler(handler);
    const context = Object.assign(Object.create(null), { getRemainingTimeInMillis: () => 1_000 });
    const answer = await wrapped(eventOf(recordOf('a1', 'a'), recordOf('b1', 'b')), context);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'b1' }] });
    expect([seen, steps]).toEqual([['a1'], ['before', 'after']]);
  });
});

describe('a consumer that notes what it handled', () => {
  let table: HandledTable;
  let now = 1_000_000;
  const handledReplies = () => createHandledReplies({ table: TABLE, leaseSeconds: 60, now: () => now });

  beforeAll(async () => {
    table = await startHandledTable();
  });

  afterAll(async () => {
    await table?.close();
  });

  it('handles a reply once, however often it is delivered, in one batch, at once or later', async () => {
    const { seen, run } = consumer({ handled: handledReplies() });
    const twice = eventOf(recordOf('d1', 'd'), recordOf('d1', 'd'));
    expect(await run(twice)).toEqual([]);
    expect(await run(twice)).toEqual([]);
    const racing = eventOf(recordOf('d2', 'd'));
    const failed = (await Promise.all([run(racing), run(racing), run(racing)])).flat();
    expect(failed.every((id) => id === 'd2')).toBe(true);
    expect(await run(racing)).toEqual([]);
    expect(seen).toEqual(['d1', 'd2']);
  });

  it('handles again at once what failed', async () => {
    let isWell = false;
    const { seen, run } = consumer({ handled: handledReplies(), fails: () => !isWell });
    expect(await run(eventOf(recordOf('e1', 'e')))).toEqual(['e1']);
    isWell = true;
    expect(await run(eventOf(recordOf('e1', 'e')))).toEqual([]);
    expect(seen).toEqual(['e1']);
  });

  it('puts back, with those after it, what a process that died had begun, and handles it after the lease', async () => {
    expect(await handledReplies().begin('f1')).toBe('new');
    const { seen, failures, run } = consumer({ handled: handledReplies() });
    const event = eventOf(recordOf('f1', 'f'), recordOf('f2', 'f'), recordOf('g1', 'g'));
    expect(await run(event)).toEqual(['f1', 'f2']);
    expect(failures).toEqual([]);
    now += 60_000;
    expect(await run(event)).toEqual([]);
    expect(seen).toEqual(['g1', 'f1', 'f2']);
  });

  it('handles nothing while it cannot ask what was handled', async () => {
    table.proxy.onCall = () => 'drop';
    const { seen, failures, run } = consumer({ handled: handledReplies() });
    expect(await run(eventOf(recordOf('h1', 'h'), recordOf('h2', 'h')))).toEqual(['h1', 'h2']);
    expect(failures.map(([id]) => id)).toEqual(['h1']);
    table.proxy.onCall = () => 'pass';
    expect(await run(eventOf(recordOf('h1', 'h'), recordOf('h2', 'h')))).toEqual([]);
    expect(seen).toEqual(['h1', 'h2']);
  });

  it('acknowledges what it handled and could not note, and says so', async () => {
    const handled: HandledReplies = { ...handledReplies(), finish: () => Promise.reject(new Error('no table')) };
    const { seen, failures, run } = consumer({ handled });
    expect(await run(eventOf(recordOf('i1', 'i')))).toEqual([]);
    expect(seen).toEqual(['i1']);
    expect(failures).toEqual([['i1', 'no table']]);
  });

  it('says why the handler failed, though giving the reply back fails too', async () => {
    const handled: HandledReplies = { ...handledReplies(), release: () => Promise.reject(new Error('no table')) };
    const { failures, run } = consumer({ handled, fails: () => true });
    expect(await run(eventOf(recordOf('k1', 'k')))).toEqual(['k1']);
    expect(failures).toEqual([
      ['k1', 'no table'],
      ['k1', 'no k1'],
    ]);
  });
});
