// Pages that listen while the state changes and is read: each hears of the newest, and none is written to after its end.
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpServer, startHttpServer } from '../../../local/aws/http-server.ts';
import { LiveUpdates } from '../../../local/desk/live-updates.ts';
import { listen } from './event-stream.ts';

describe('live updates', () => {
  let server: HttpServer;
  let updates: LiveUpdates;
  let now: string;
  /** What a read still waits for when it has seen the state. */
  let readingEnds: () => Promise<unknown>;
  let reads: number;

  beforeEach(async () => {
    [now, reads, readingEnds] = ['before', 0, atOnce];
    updates = new LiveUpdates(async () => {
      const seen = { malformed: [{ id: now, problem: '' }] };
      reads += 1;
      await readingEnds();
      return seen;
    });
    server = await startHttpServer(async (_request, response) => updates.add(response));
  });

  afterEach(async () => {
    updates.close();
    await server.close();
  });

  const atOnce = async () => undefined;
  const nextRead = () => {
    const before = reads;
    return expect.poll(() => reads, { timeout: 10_000 }).toBeGreaterThan(before);
  };
  const hears = (page: Awaited<ReturnType<typeof listen>>, id: string) =>
    page.next(({ malformed }) => malformed[0]?.id === id);

  it('tells a page that joins during a change what came after', async () => {
    const first = await listen(server.url);
    await hears(first, 'before');
    readingEnds = () => setTimeout(200);
    const joining = listen(server.url);
    await nextRead();
    [now, readingEnds] = ['after', atOnce];
    updates.changed();
    const second = await joining;
    await Promise.all([hears(first, 'after'), hears(second, 'after')]);
    for (const page of [first, second]) page.close();
  });

  it('tells nobody what was being read when it closed', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const page = await listen(server.url);
    await hears(page, 'before');
    [now, readingEnds] = ['after', () => promise];
    updates.changed();
    await nextRead();
    updates.close();
    resolve();
    await expect(hears(page, 'after')).rejects.toThrow('ended');
  });
});
