// The thread of all wires: TCP proxies on which everything takes half a round trip each way, and is counted. In a thread
// of its own, because a busy event loop would add to the latency.
import { once } from 'node:events';
import { createServer, type Socket, connect as tcpConnect } from 'node:net';
import { parentPort } from 'node:worker_threads';
import type { WireAddress, WireCounters, WireRequest } from './wires.ts';

interface OpenWire {
  readonly roundTripMs: number;
  target: WireAddress | undefined;
  counters: WireCounters;
}

const wires: OpenWire[] = [];

parentPort?.on('message', async ({ request, id }: { request: WireRequest; id: number }) => {
  parentPort?.postMessage({ id, answer: await serve(request) });
});

async function serve(request: WireRequest): Promise<unknown> {
  if (request.kind === 'open') return open(request.roundTripMs);
  const wire = wires[request.wire];
  if (wire === undefined) throw new Error(`there is no wire ${request.wire}`);
  if (request.kind === 'lead') wire.target = request.target;
  const { counters } = wire;
  if (request.kind === 'take') wire.counters = nothing();
  return counters;
}

async function open(roundTripMs: number): Promise<{ wire: number; port: number }> {
  const wire: OpenWire = { roundTripMs, target: undefined, counters: nothing() };
  const server = createServer({ noDelay: true }, (client) => carry(wire, client));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    wire: wires.push(wire) - 1,
    port: typeof address === 'object' && address !== null ? address.port : 0,
  };
}

function nothing(): WireCounters {
  return { connections: 0, roundTrips: 0, bytesUp: 0, bytesDown: 0 };
}

/**
 * The kernel completes the client's connection at once, so the round trip of TCP's handshake is added to what follows:
 * the client's first bytes leave a round trip late, and the server sees the connection when the client's ACK arrives.
 */
function carry(wire: OpenWire, client: Socket): void {
  const { roundTripMs, target } = wire;
  const openedAt = performance.now();
  wire.counters.connections += 1;
  wire.counters.roundTrips += 1;
  const up = new Lane();
  const down = new Lane();
  const later = (act: () => void): void => down.at(performance.now() + roundTripMs / 2, act);
  // A server that speaks first answers the connection itself.
  let isAsked = true;
  let hasLeft = false;
  let server: Socket | undefined;
  up.at(openedAt + 1.5 * roundTripMs, () => {
    server = tcpConnect({ port: 0, ...target, noDelay: true });
    server.on('data', (bytes: Buffer) => {
      wire.counters.bytesDown += bytes.length;
      // Whoever says goodbye waits for no answer.
      if (isAsked && !hasLeft) wire.counters.roundTrips += 1;
      isAsked = false;
      later(() => client.write(bytes));
    });
    server.on('end', () => later(() => client.end()));
    server.on('error', () => client.destroy());
    server.on('close', () => later(() => client.destroy()));
  });
  client.on('data', (bytes: Buffer) => {
    wire.counters.bytesUp += bytes.length;
    up.at(Math.max(performance.now(), openedAt + roundTripMs) + roundTripMs / 2, () => {
      isAsked = true;
      server?.write(bytes);
    });
  });
  client.on('end', () => {
    hasLeft = true;
  });
  client.on('close', () => {
    hasLeft = true;
    up.at(performance.now() + roundTripMs / 2, () => server?.end());
  });
  client.on('error', () => client.destroy());
}

/** One direction: acts in order, each at its time. */
class Lane {
  readonly #acts: { dueAt: number; act: () => void }[] = [];

  at(dueAt: number, act: () => void): void {
    this.#acts.push({ dueAt, act });
    if (this.#acts.length === 1) this.#wait();
  }

  #wait(): void {
    for (let next = this.#acts[0]; next !== undefined; next = this.#acts[0]) {
      const remaining = next.dueAt - performance.now();
      // Timers are exact to a millisecond, a fiftieth of a round trip: the rest is waited out in the loop.
      if (remaining > 2) return void setTimeout(() => this.#wait(), remaining - 1.5);
      if (remaining > 0) return void setImmediate(() => this.#wait());
      next.act();
      this.#acts.shift();
    }
  }
}
