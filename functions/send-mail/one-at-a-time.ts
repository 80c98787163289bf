// Requests in the bucket are up to 35 MB each, and several times that while they are read: a batch holds one at a time.
import type { ObjectStore } from '../../lib/core/ports.ts';

export interface Turn {
  /** Reading waits until the messages that read before are done. */
  readonly objects: ObjectStore;
  /** The message no longer holds what it read, if it read. */
  done(): void;
}

export class OneAtATime {
  readonly #objects: ObjectStore;
  #before: Promise<unknown> = Promise.resolve();

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** For one message. */
  turn(): Turn {
    const { promise: isDone, resolve: done } = Promise.withResolvers<void>();
    let before: Promise<unknown> | undefined;
    const read = async (key: string): Promise<string | undefined> => {
      if (before === undefined) {
        before = this.#before;
        this.#before = Promise.all([before, isDone]);
      }
      await before;
      return this.#objects.read(key);
    };
    return { objects: { ...this.#objects, read }, done };
  }
}
