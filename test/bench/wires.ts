// Wires with a fixed latency before servers on this machine, which count the round trips that clients wait for.
import { Worker } from 'node:worker_threads';

export interface WireAddress {
  readonly host: string;
  readonly port: number;
}

export interface WireCounters {
  connections: number;
  /** Of all connections together: one for TCP's handshake, and one for each answer to something the client sent. */
  roundTrips: number;
  bytesUp: number;
  bytesDown: number;
}

export type WireRequest =
  | { readonly kind: 'open'; readonly roundTripMs: number }
  | { readonly kind: 'lead'; readonly wire: number; readonly target: WireAddress }
  | { readonly kind: 'take'; readonly wire: number };

export interface Wire extends WireAddress {
  /** Says where new connections go. */
  lead(target: WireAddress): Promise<void>;
  /** What passed since it was last asked. */
  take(): Promise<WireCounters>;
}

export class Wires {
  readonly #thread = new Worker(new URL('./wire-thread.ts', import.meta.url));
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #lastId = 0;

  constructor() {
    this.#thread.on('message', ({ id, answer }: { id: number; answer: unknown }) => this.#waiting.get(id)?.(answer));
  }

  async open(roundTripMs: number): Promise<Wire> {
    const { wire, port } = await this.#ask<{ wire: number; port: number }>({ kind: 'open', roundTripMs });
    return {
      host: '127.0.0.1',
      port,
      lead: (target) => this.#ask({ kind: 'lead', wire, target }),
      take: () => this.#ask({ kind: 'take', wire }),
    };
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #ask<Answer>(request: WireRequest): Promise<Answer> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      // Both ends of this channel are ours, and share the types of its messages.
      this.#waiting.set(id, resolve as (answer: unknown) => void);
      this.#thread.postMessage({ id, request });
    });
  }
}
