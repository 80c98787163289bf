// Memory that work on many mailboxes shares: whoever needs much of it waits until there is enough.

/**
 * Half for what a mail says, half for copying what hangs on it: copies go on for as long as a server takes, and no mailbox
 * is to wait with its replies for those of others.
 */
export function shareMemory(bytes: number): { readonly memory: MemoryBudget; readonly copyMemory: MemoryBudget } {
  return { memory: new MemoryBudget(bytes / 2), copyMemory: new MemoryBudget(bytes / 2) };
}

export class MemoryBudget {
  #free: number;
  readonly #total: number;
  readonly #waiting: { readonly bytes: number; readonly start: () => void }[] = [];

  constructor(bytes: number) {
    this.#free = bytes;
    this.#total = bytes;
  }

  /** In the order of those who ask. @returns to be called when the memory is free again */
  async take(bytes: number): Promise<() => void> {
    // Who needs more than there is gets all of it.
    const taken = Math.min(bytes, this.#total);
    if (this.#waiting.length > 0 || this.#free < taken) {
      await new Promise<void>((start) => this.#waiting.push({ bytes: taken, start }));
    } else this.#free -= taken;
    return () => this.#giveBack(taken);
  }

  #giveBack(bytes: number): void {
    this.#free += bytes;
    for (let next = this.#waiting[0]; next !== undefined && next.bytes <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.bytes;
      next.start();
    }
  }
}
