// Mail that was made to stop a poll: one such mail must never keep the others of its mailbox from being read.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReply, type ReplyEvent } from '../../lib/client/mailroom.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, startTestStack, type TestStack } from './stack.ts';

const LONG = `<${'x'.repeat(3_000)}@customer.example>`;

describe('a hostile mail', () => {
  let stack: TestStack;
  let question: string;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('PollRepliesFunction', {});
    question = String((await stack.send({ idempotencyKey: 'question', subject: 'Hello' })).outcome?.messageId);
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const poll = async () => (await stack.invoke('PollRepliesFunction', {})).outcome;
  /** Of one thread the queue gives one at a time. */
  const events = async (): Promise<ReplyEvent[]> => {
    const all: ReplyEvent[] = [];
    for (let some = await receive(); some.length > 0; some = await receive()) all.push(...some);
    return all;
  };
  const receive = async (): Promise<ReplyEvent[]> => (await stack.receive('RepliesUrl', 0)).map(parseReply);
  const deliver = (headers: Record<string, string>, body = 'Yes.') => {
    const all = { From: ADA, To: SUPPORT.address, 'In-Reply-To': question, Subject: 'Re: Hello', ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    stack.google.account(SUPPORT.address).deliver(`${lines.join('\r\n')}\r\n\r\n${body}\r\n`, { asIs: true });
  };

  it.each([
    ['says that it is from us, and has no Message-ID', { From: SUPPORT.address }],
    ['says that it is from us, and has an empty Message-ID', { From: SUPPORT.address, 'Message-ID': '' }],
    ['says that it is from us, under a Message-ID longer than any key', { From: SUPPORT.address, 'Message-ID': LONG }],
    ['lies in a thread with such a mail', { 'In-Reply-To': '<none@customer.example>', 'Message-ID': LONG }],
  ])('%s', async (name, headers) => {
    deliver(headers, name);
    deliver({ 'Message-ID': `<${name.length}@customer.example>` }, `after ${name}`);
    expect(await poll()).toMatchObject({ failures: [] });
    expect((await events()).map(({ text }) => text)).toContain(`after ${name}`);
  });

  it('of characters that no queue takes is an event all the same, with every one of them', async () => {
    const text = 'a\ufffeb\uffffc\u0001d';
    deliver({ 'Message-ID': '<odd@customer.example>', 'Content-Type': 'text/plain; charset=utf-8' }, text);
    expect(await poll()).toMatchObject({ routed: 1, failures: [] });
    expect(await events()).toMatchObject([{ text }]);
  });
});
