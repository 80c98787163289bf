// The loop on the replies queue where SQS gives several replies of one thread at once: none overtakes another.
import { afterEach, describe, expect, it } from 'vitest';
import { type ReceiveOptions, receiveReplies } from '../../lib/client/mailroom.ts';
import { until } from '../functions/stack.ts';
import { type ScriptedMessage, type ScriptedSqs, startScriptedSqs } from './scripted-sqs.ts';

const ACCESS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' };
const messages = (...ids: string[]): ScriptedMessage[] => ids.map((id) => ({ id, thread: id.charAt(0) }));

describe('a loop that holds several replies of a thread', () => {
  const before = { ...process.env };
  const stopping = { controller: new AbortController() };
  let sqs: ScriptedSqs;
  let loop: Promise<void>;

  afterEach(async () => {
    stopping.controller.abort();
    await loop;
    await sqs.close();
    process.env = before;
  });

  async function start(given: readonly ScriptedMessage[], handle: ReceiveOptions['handle'], options = {}) {
    sqs = await startScriptedSqs(given);
    Object.assign(process.env, ACCESS);
    stopping.controller = new AbortController();
    const { signal } = stopping.controller;
    loop = receiveReplies({ queueUrl: sqs.url, handle, signal, onFailure: () => undefined, ...options });
  }

  it('handles one after the other', async () => {
    const seen: string[] = [];
    await start(messages('a1', 'a2', 'b1', 'a3'), async ({ id }) => void seen.push(id));
    await until('all', async () => sqs.calls.length === 4);
    expect(seen.filter((id) => id !== 'b1')).toEqual(['a1', 'a2', 'a3']);
    expect(sqs.calls.filter((call) => call.includes(' a'))).toEqual(['Delete a1', 'Delete a2', 'Delete a3']);
  });

  it('gives back one that failed after those behind it, which nobody has begun', async () => {
    const begun: string[] = [];
    await start(messages('a1', 'a2', 'a3', 'a4', 'b1'), async ({ id }) => {
      begun.push(id);
      if (id === 'a2') throw new Error('not yet');
    });
    await until('all', async () => sqs.calls.length === 5);
    expect(begun.toSorted()).toEqual(['a1', 'a2', 'b1']);
    expect(sqs.calls.filter((call) => call !== 'Delete b1')).toEqual([
      'Delete a1',
      'ChangeVisibility a4 5',
      'ChangeVisibility a3 5',
      'ChangeVisibility a2 5',
    ]);
  });

  it.each([
    [1, 5],
    [2, 15],
    [4, 135],
    [50, 900],
  ])('lets one that failed %i times wait for %i s', async (received, seconds) => {
    await start([{ id: 'a1', thread: 'a', received }], () => Promise.reject(new Error('not yet')));
    await until('it', async () => sqs.calls.length === 1);
    expect(sqs.calls).toEqual([`ChangeVisibility a1 ${seconds}`]);
  });

  it('keeps from others what it works on and what waits behind it, and no longer what is done', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let begun = 0;
    await start(messages('a1', 'a2'), () => gates[begun++]?.promise ?? Promise.resolve(), { visibilitySeconds: 1 });
    await until('an extension', async () => sqs.calls.length >= 1);
    expect(sqs.calls[0]).toBe('ChangeVisibility a1 1, a2 1');
    gates[0]?.resolve();
    await until('another', async () => sqs.calls.at(-1) === 'ChangeVisibility a2 1');
    expect(sqs.calls).toContain('Delete a1');
    gates[1]?.resolve();
    await until('the end', async () => sqs.calls.at(-1) === 'Delete a2');
  });

  it('finishes what it has begun when it is told to stop, and gives back at once what it has not', async () => {
    const begun: string[] = [];
    const gate = Promise.withResolvers<void>();
    await start(messages('a1', 'a2', 'a3', 'b1'), async ({ id }) => {
      begun.push(id);
      await gate.promise;
    });
    await until('both threads', async () => begun.length === 2);
    stopping.controller.abort();
    gate.resolve();
    await loop;
    expect(begun).toEqual(['a1', 'b1']);
    expect(sqs.calls.toSorted()).toEqual(['ChangeVisibility a2 0', 'ChangeVisibility a3 0', 'Delete a1', 'Delete b1']);
    expect(sqs.calls.indexOf('ChangeVisibility a3 0')).toBeLessThan(sqs.calls.indexOf('ChangeVisibility a2 0'));
  });
});
