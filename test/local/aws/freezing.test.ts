// Between invocations a process does not run: what happens meanwhile it learns when it goes on. And none lives for ever.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAws, startAws } from '../../../local/aws/aws.ts';
import { type BuiltAssembly, buildAssembly } from './assembly-builder.ts';
import { untilStopped } from './process-state.ts';

/** Its first invocation opens a connection and sets a timer; the others tell what became of them. */
const KEEPER = `
const { connect } = require('node:net');
const { once } = require('node:events');
const seen = [];
let socket;
exports.handler = async ({ port }) => {
  const note = (what) => seen.push({ what, at: Date.now() });
  if (socket === undefined) {
    socket = connect(port, '127.0.0.1');
    socket.on('data', (bytes) => note('data ' + bytes)).on('end', () => note('end'));
    await once(socket, 'connect');
    setTimeout(note, 50, 'timer');
  } else {
    while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { pid: process.pid, seen };
};`;
const PID = 'exports.handler = async () => ({ pid: process.pid })';

describe('a frozen function', () => {
  let assembly: BuiltAssembly;
  let aws: LocalAws;
  let lambda: LambdaClient;
  let server: Server;

  beforeAll(async () => {
    assembly = buildAssembly({ Keeper: KEEPER, Counted: PID, Recycled: PID });
    aws = await startAws({ assembly: assembly.folder, lifetime: { invocations: 3, idleMs: 1_000 } });
    const { region, credentials, endpoints } = aws;
    lambda = new LambdaClient({ region, credentials, endpoint: endpoints.lambda });
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(async () => {
    lambda?.destroy();
    server?.close();
    await aws?.stop();
    assembly?.remove();
  });

  async function invoke(logicalId: string, payload: object = {}) {
    const FunctionName = aws.resources[logicalId]?.physicalId;
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) }));
    return JSON.parse(Payload?.transformToString() ?? 'null');
  }

  it('sees timers, data and the end of a connection when it goes on, and not before', async () => {
    const accepted = once(server, 'connection');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const first = await invoke('Keeper', { port });
    const [socket]: Socket[] = await accepted;
    await untilStopped(first.pid);
    socket?.end('while frozen');
    // The kernel takes what comes for a frozen process; longer than its timer of 50 ms.
    await setTimeout(200);
    const thawedAt = Date.now();
    const { pid, seen } = await invoke('Keeper', { port });
    expect(pid).toBe(first.pid);
    expect(seen.map(({ what }: { what: string }) => what).toSorted()).toEqual(['data while frozen', 'end', 'timer']);
    for (const { at } of seen) expect(at).toBeGreaterThanOrEqual(thawedAt);
  });

  it('is replaced after as many invocations, or as long a rest, as its lifetime says', async () => {
    const pids: number[] = [];
    for (let count = 0; count < 4; count += 1) pids.push((await invoke('Counted')).pid);
    expect(new Set(pids.slice(0, 3)).size).toBe(1);
    expect(pids[3]).not.toBe(pids[0]);
    await setTimeout(1_000);
    expect((await invoke('Counted')).pid).not.toBe(pids[3]);
  });

  it('is replaced when it is told so', async () => {
    const { pid } = await invoke('Recycled');
    expect((await invoke('Recycled')).pid).toBe(pid);
    await aws.recycle(aws.resources.Recycled?.physicalId ?? '');
    expect(aws.processIds()).not.toContain(pid);
    expect((await invoke('Recycled')).pid).not.toBe(pid);
  });
});
