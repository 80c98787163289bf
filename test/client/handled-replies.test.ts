// What was handled stays handled, and what a dead process began is taken up after its lease: on a real table.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHandledReplies } from '../../lib/client/mailroom.ts';
import type { Verdict } from '../functions/calls-proxy.ts';
import { type HandledTable, startHandledTable, TABLE } from './handled-fixture.ts';

const DAY_SECONDS = 86_400;

describe('the table of handled replies', () => {
  let handledTable: HandledTable;
  let now = 1_000_000;
  const start = (options: { keptDays?: number } = {}) =>
    createHandledReplies({ table: TABLE, leaseSeconds: 60, now: () => now, ...options });

  beforeAll(async () => {
    handledTable = await startHandledTable();
  });

  afterEach(() => {
    handledTable.proxy.onCall = () => 'pass';
  });

  afterAll(async () => {
    await handledTable?.close();
  });

  it('gives a reply to one of many that begin it at once', async () => {
    const processes = Array.from({ length: 8 }, () => start());
    const states = await Promise.all(processes.map((process) => process.begin('raced')));
    expect(states.toSorted()).toEqual([...Array(7).fill('busy'), 'new']);
  });

  it('knows what was handled in every process, and for as long as it was told', async () => {
    const one = start({ keptDays: 3 });
    expect(await one.begin('handled')).toBe('new');
    await one.finish('handled');
    expect(await one.begin('handled')).toBe('done');
    expect(await start().begin('handled')).toBe('done');
    expect(await handledTable.item('handled')).toEqual({
      key: { S: 'handled' },
      state: { S: 'done' },
      expiresAt: { N: String(now / 1_000 + 3 * DAY_SECONDS) },
    });
  });

  it('keeps a reply for 14 days where it is not told', async () => {
    await start().finish('kept');
    expect(await handledTable.item('kept')).toMatchObject({ expiresAt: { N: String(now / 1_000 + 14 * DAY_SECONDS) } });
  });

  it('lets another begin what was given back', async () => {
    const one = start();
    await one.begin('given back');
    await one.release('given back');
    expect(await start().begin('given back')).toBe('new');
  });

  it('lets another take over from a process that died, when its lease has ended and not before', async () => {
    expect(await start().begin('died')).toBe('new');
    now += 59_999;
    expect(await start().begin('died')).toBe('busy');
    now += 1;
    expect(await start().begin('died')).toBe('new');
    expect(await start().begin('died')).toBe('busy');
  });

  it('does not let a process that lost its lease give the reply back', async () => {
    const slow = start();
    await slow.begin('lost');
    now += 60_000;
    expect(await start().begin('lost')).toBe('new');
    await slow.release('lost');
    expect(await start().begin('lost')).toBe('busy');
  });

  it('takes the word of a process that lost its lease and handled it all the same', async () => {
    const slow = start();
    await slow.begin('late');
    now += 60_000;
    const other = start();
    await other.begin('late');
    await slow.finish('late');
    await other.release('late');
    expect(await start().begin('late')).toBe('done');
  });

  it('has begun what it wrote, though the answer was lost and its second try refused', async () => {
    let puts = 0;
    handledTable.proxy.onCall = (operation) => {
      if (operation !== 'PutItem') return 'pass';
      puts += 1;
      return puts === 1 ? () => undefined : 'pass';
    };
    const one = start();
    expect(await one.begin('answer lost')).toBe('new');
    expect(puts).toBe(2);
    expect(await start().begin('answer lost')).toBe('busy');
    await one.release('answer lost');
    expect(await start().begin('answer lost')).toBe('new');
  });

  it('says busy where the other gave it back between its two calls', async () => {
    const one = start();
    await one.begin('between');
    handledTable.proxy.onCall = async (operation): Promise<Verdict> => {
      if (operation !== 'GetItem') return 'pass';
      handledTable.proxy.onCall = () => 'pass';
      await one.release('between');
      return 'pass';
    };
    expect(await start().begin('between')).toBe('busy');
    expect(await start().begin('between')).toBe('new');
  });
});
