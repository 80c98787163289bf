// One connection through the proxy: bytes in both directions, until a fault ends or silences it.
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Fault, FaultScript, Server } from './fault.ts';

/** Of what was passing nothing more passes. */
class Interrupted extends Error {}

const GARBAGE = Buffer.from([0x00, 0xff, 0x13, 0x37, 0xfe, 0x0d, 0x0a]);

/** All of it, or the one byte that the fault names. */
export function corrupted(passing: Buffer, { byte }: Fault): Buffer {
  if (byte === undefined) return GARBAGE;
  const changed = Buffer.from(passing);
  changed[byte] = (changed[byte] ?? 0) ^ 0xff;
  return changed;
}

export abstract class Conversation {
  protected readonly client: Socket;
  protected readonly server: Socket;
  readonly #script: FaultScript;
  readonly #name: Server;
  #isStalled = false;

  constructor(client: Socket, server: Socket, script: FaultScript, name: Server) {
    this.client = client;
    this.server = server;
    this.#script = script;
    this.#name = name;
  }

  /** Ends when the connection has. */
  async run(): Promise<void> {
    const directions = [
      this.#pump(this.client, this.server, (chunk) => this.fromClient(chunk)),
      this.#pump(this.server, this.client, (chunk) => this.fromServer(chunk)),
    ];
    await Promise.allSettled(directions);
    this.#destroy();
  }

  protected abstract fromClient(chunk: Buffer): Promise<void>;
  protected abstract fromServer(chunk: Buffer): Promise<void>;

  protected take(at: string): Fault | undefined {
    return this.#script.take(this.#name, at);
  }

  /** Acts on what was to pass; what it does not end or silence goes on. `to` hears as much of it as the fault says. */
  protected async act({ action, byte = 0 }: Fault, passing: Buffer, to: Socket): Promise<void> {
    if (action.kind === 'delay') {
      await setTimeout(action.ms);
      return;
    }
    if (action.kind !== 'cut' && action.kind !== 'stall') return;
    if (byte > 0) await new Promise<void>((resolve) => to.write(passing.subarray(0, byte), () => resolve()));
    if (action.kind === 'stall') this.#isStalled = true;
    else this.#destroy();
    throw new Interrupted();
  }

  async #pump(from: Socket, to: Socket, pass: (chunk: Buffer) => Promise<void>): Promise<void> {
    try {
      for await (const chunk of from) {
        // Read all the same: who does not read does not learn that the other end has gone.
        if (!this.#isStalled) await pass(chunk).catch(ignoreInterruption);
      }
      if (this.#isStalled) this.#destroy();
      else to.end();
    } catch {
      // A connection that was cut, by a fault or by one of its ends.
      this.#destroy();
    }
  }

  #destroy(): void {
    this.client.destroy();
    this.server.destroy();
  }
}

function ignoreInterruption(error: unknown): void {
  if (!(error instanceof Interrupted)) throw error;
}
