// The loop on the replies queue, with the real SDK against a queue: order, repeats, long work, and a stop.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ReceiveOptions, receiveReplies } from '../../lib/client/mailroom.ts';
import { until } from '../functions/stack.ts';
import { type RepliesQueue, startRepliesQueue } from './replies-queue-fixture.ts';

describe('a loop on the replies queue', () => {
  let queue: RepliesQueue;
  let stopping: AbortController;
  let loops: Promise<void>[];
  let failures: unknown[];

  beforeEach(async () => {
    queue = await startRepliesQueue();
    stopping = new AbortController();
    loops = [];
    failures = [];
  });

  afterEach(async () => {
    stopping.abort();
    await Promise.allSettled(loops);
    await queue.close();
  });

  function start(handle: ReceiveOptions['handle'], options: Partial<ReceiveOptions> = {}): Promise<void> {
    const loop = receiveReplies({
      queueUrl: queue.url,
      handle,
      signal: stopping.signal,
      onFailure: (error) => void failures.push(error),
      ...options,
    });
    loops.push(loop);
    return loop;
  }

  it('handles what is there and what comes, deletes it, and returns when it is told to', async () => {
    const seen: string[] = [];
    await queue.put('a1', 'a');
    const loop = start(async ({ id, thread }) => void seen.push(`${thread}/${id}`));
    await until('the first', async () => seen.length === 1);
    await queue.put('b1', 'b');
    await until('the second', async () => seen.length === 2);
    await until('both to be deleted', async () => (await queue.count()) === 0);
    stopping.abort();
    await loop;
    expect(seen).toEqual(['a/a1', 'b/b1']);
    expect(failures).toEqual([]);
  });

  it('returns at once where it was told to stop before it began', async () => {
    stopping.abort();
    await queue.put('a1', 'a');
    await start(() => Promise.reject(new Error('nothing is handled')));
    expect(await queue.visible()).toHaveLength(1);
  });

  it('handles a thread in its order and threads side by side', async () => {
    const ended: string[] = [];
    const gate = Promise.withResolvers<void>();
    for (const id of ['a1', 'a2', 'a3', 'b1', 'b2']) await queue.put(id, id.charAt(0));
    start(async ({ id }) => {
      if (id === 'a1') await gate.promise;
      ended.push(id);
      if (id === 'b2') gate.resolve();
    });
    await until('all', async () => ended.length === 5);
    expect(ended).toEqual(['b1', 'b2', 'a1', 'a2', 'a3']);
  });

  it('holds as many at a time as it is told to', async () => {
    let working = 0;
    let most = 0;
    let ended = 0;
    for (let n = 0; n < 12; n++) await queue.put(`m${n}`, `t${n}`);
    start(
      async () => {
        working += 1;
        most = Math.max(most, working);
        await new Promise((resolve) => setImmediate(resolve));
        working -= 1;
        ended += 1;
      },
      { concurrency: 3 },
    );
    await until('all', async () => ended === 12);
    expect(most).toBeLessThanOrEqual(3);
    await expect(start(async () => undefined, { concurrency: 0 })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('receives a reply that failed again, before those after it in its thread, while other threads go on', async () => {
    const ended: string[] = [];
    let failed = 0;
    for (const id of ['a1', 'a2', 'b1']) await queue.put(id, id.charAt(0));
    start(
      async ({ id }) => {
        if (id === 'a1' && failed < 2) {
          failed += 1;
          throw new Error('not yet');
        }
        ended.push(id);
      },
      { retrySeconds: 0 },
    );
    await until('all', async () => ended.length === 3);
    expect(ended.filter((id) => id !== 'b1')).toEqual(['a1', 'a2']);
    expect(failed).toBe(2);
    expect(failures).toHaveLength(2);
    await until('the queue to be empty', async () => (await queue.count()) === 0);
  });

  it('lets a record that it cannot read go to the dead-letter queue, and its thread go on', async () => {
    const seen: string[] = [];
    await queue.put('bad', 'a', '{"version":2}');
    await queue.put('a2', 'a');
    start(async ({ id }) => void seen.push(id), { retrySeconds: 0 });
    const dead = await until('the dead letter', async () => {
      const letters = await queue.dead();
      return letters.length > 0 && letters;
    });
    expect(dead).toEqual(['{"version":2}']);
    expect(seen).toEqual(['a2']);
    expect(failures).toHaveLength(5);
  });

  it('keeps what it works on from others, and with it its thread, for as long as that takes', async () => {
    const begun: string[] = [];
    const gate = Promise.withResolvers<void>();
    let extended = 0;
    queue.proxy.onAnswer = (operation) => {
      if (operation === 'ChangeMessageVisibilityBatch') extended += 1;
    };
    await queue.put('a1', 'a');
    await queue.put('a2', 'a');
    const handle: ReceiveOptions['handle'] = async ({ id }) => {
      begun.push(id);
      await gate.promise;
    };
    start(handle, { visibilitySeconds: 1 });
    start(handle, { visibilitySeconds: 1 });
    // Three of them are a second: what was received would be visible by now.
    await until('extensions', async () => extended >= 7);
    expect(begun).toEqual(['a1']);
    gate.resolve();
    await until('all', async () => (await queue.count()) === 0);
    expect(begun).toEqual(['a1', 'a2']);
    expect(failures).toEqual([]);
  });

  it('goes on extending after an extension that failed, and says that it did', async () => {
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    queue.proxy.onCall = (operation) => {
      if (operation !== 'ChangeMessageVisibilityBatch') return 'pass';
      calls += 1;
      return calls <= 3 ? 'drop' : 'pass';
    };
    await queue.put('a1', 'a');
    start(() => gate.promise, { visibilitySeconds: 3 });
    await until('the next extension', async () => calls > 4);
    gate.resolve();
    await until('its end', async () => (await queue.count()) === 0);
    expect(failures).toHaveLength(1);
  });

  it('holds back those after a reply that it handled and could not delete', async () => {
    const seen: string[] = [];
    let isDeaf = true;
    queue.proxy.onCall = (operation) => (operation === 'DeleteMessage' && isDeaf ? 'drop' : 'pass');
    await queue.put('a1', 'a');
    await queue.put('a2', 'a');
    const onFailure = () => {
      isDeaf = false;
    };
    start(async ({ id }) => void seen.push(id), { retrySeconds: 0, onFailure });
    await until('all', async () => (await queue.count()) === 0);
    expect(seen).toEqual(['a1', 'a1', 'a2']);
  });
});
