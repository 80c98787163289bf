// The loop on the replies queue while SQS does not answer: it asks less and less often, goes on by itself, and can be stopped.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ReceiveOptions, receiveReplies } from '../../lib/client/mailroom.ts';
import { until } from '../functions/stack.ts';
import { type RepliesQueue, startRepliesQueue } from './replies-queue-fixture.ts';

describe('a loop on a queue that does not answer', () => {
  let queue: RepliesQueue;
  let stopping: AbortController;
  let loop: Promise<void>;
  /** When each failure was told. */
  let at: number[];

  beforeEach(async () => {
    queue = await startRepliesQueue();
    stopping = new AbortController();
    at = [];
  });

  afterEach(async () => {
    stopping.abort();
    await loop;
    await queue.close();
  });

  function start(handle: ReceiveOptions['handle']): void {
    const onFailure = () => void at.push(performance.now());
    loop = receiveReplies({ queueUrl: queue.url, handle, signal: stopping.signal, onFailure });
  }

  it('asks it less and less often, and goes on when it answers', async () => {
    let isDown = true;
    const seen: string[] = [];
    queue.proxy.onCall = () => (isDown ? 'drop' : 'pass');
    await queue.put('a1', 'a');
    start(async ({ id }) => void seen.push(id));
    await until('three failures', async () => at.length === 3);
    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).toBeGreaterThanOrEqual(1_000);
    expect(third - second).toBeGreaterThanOrEqual(2_000);
    isDown = false;
    await until('the reply', async () => seen.length === 1);
  });

  it('stops while it waits for it', async () => {
    queue.proxy.onCall = () => 'drop';
    start(async () => undefined);
    // The second pause is of two seconds.
    await until('two failures', async () => at.length === 2);
    const asked = performance.now();
    stopping.abort();
    await loop;
    expect(performance.now() - asked).toBeLessThan(1_900);
  });
});
