// Of the requests in the bucket that a batch names, one is in memory at a time.
import { describe, expect, it } from 'vitest';
import { OneAtATime } from '../../functions/send-mail/one-at-a-time.ts';
import type { ObjectStore } from '../../lib/core/ports.ts';

describe('requests in the bucket', () => {
  const begun: string[] = [];
  const objects: ObjectStore = {
    bucket: 'mail',
    read: async (key) => {
      begun.push(key);
      return key;
    },
    write: async () => undefined,
    writeStream: async () => undefined,
    remove: async () => undefined,
  };

  it('are read when those before are done, in the order in which they were asked for', async () => {
    begun.length = 0;
    const large = new OneAtATime(objects);
    const [first, second, third, fourth] = [large.turn(), large.turn(), large.turn(), large.turn()];
    expect(await first.objects.read('first')).toBe('first');
    // A message may read twice: its turn lasts until it is done.
    expect(await first.objects.read('first again')).toBe('first again');
    const reading = [third.objects.read('third'), second.objects.read('second')];
    await settled();
    expect(begun).toEqual(['first', 'first again']);
    // Has read nothing, so nobody waits for it.
    fourth.done();
    // Given up before its turn: who waits behind it still waits for the first.
    third.done();
    await settled();
    expect(begun).toEqual(['first', 'first again']);
    first.done();
    await Promise.all(reading);
    expect(begun).toEqual(['first', 'first again', 'third', 'second']);
  });
});

/** Resolves when all that could go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
