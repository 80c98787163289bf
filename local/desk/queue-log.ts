// What went over the queues: looked at after each call, without receiving anything, so that an event is still shown when a
// consumer has taken it.
import type { PeekedMessage } from '../aws/queues-and-objects.ts';
import type { QueuedView, QueueName, QueueView } from './desk-state.ts';

const MOST_KEPT = 100;
const MOST_CHARACTERS = 4_000;

export class QueueLog {
  readonly #urls: Readonly<Record<QueueName, string>>;
  readonly #peek: (url: string) => Promise<readonly PeekedMessage[]>;
  readonly #seen = new Map<QueueName, Map<string, QueuedView>>();

  constructor(urls: Readonly<Record<QueueName, string>>, peek: (url: string) => Promise<readonly PeekedMessage[]>) {
    this.#urls = urls;
    this.#peek = peek;
  }

  get queues(): readonly QueueView[] {
    return NAMES.map((name) => ({ name, messages: [...(this.#seen.get(name)?.values() ?? [])].reverse() }));
  }

  async look(): Promise<void> {
    await Promise.all(NAMES.map(async (name) => this.#merge(name, await this.#peek(this.#urls[name]))));
  }

  #merge(name: QueueName, here: readonly PeekedMessage[]): void {
    const seen = this.#seen.get(name) ?? new Map<string, QueuedView>();
    const ids = new Set(here.map(({ id }) => id));
    for (const [id, known] of seen) if (!ids.has(id)) seen.set(id, { ...known, status: 'taken' });
    for (const message of here) seen.set(message.id, viewOf(message));
    for (const oldest of [...seen.keys()].slice(0, -MOST_KEPT)) seen.delete(oldest);
    this.#seen.set(name, seen);
  }
}

const NAMES: readonly QueueName[] = ['outbox', 'outboxDead', 'replies', 'repliesDead'];

function viewOf({ id, body, sentAt, attributes, isInFlight }: PeekedMessage): QueuedView {
  return { id, at: sentAt, status: isInFlight ? 'in work' : 'waiting', body: parsed(body), attributes };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body, (name, value: unknown) => {
      // An answer needs the handle whole.
      return typeof value === 'string' && name !== 'handle' ? shortened(value) : value;
    });
  } catch {
    return shortened(body);
  }
}

/** All that is shown is told anew at each change, and a message may hold a megabyte. */
function shortened(text: string): string {
  const more = text.length - MOST_CHARACTERS;
  return more <= 0 ? text : `${text.slice(0, MOST_CHARACTERS)} … and ${more} characters more`;
}
