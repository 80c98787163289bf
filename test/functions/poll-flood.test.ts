// More replies than a poll has time for: it ends in time with what it has, and the next ones go on where it ended.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReply } from '../../lib/client/mailroom.ts';
import type { Template } from '../../local/aws/assembly.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { startTestStack, type TestStack } from './stack.ts';

const REPLIES = 1_200;

describe('a flood of replies', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ transformTemplate: withLittleTime });
    await stack.invoke('PollRepliesFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
  });

  it('is read by several polls, none of which fails, and each reply is one event', async () => {
    const question = (await stack.send({ idempotencyKey: 'question' })).outcome?.messageId;
    for (let index = 0; index < REPLIES; index += 1) deliver(index, String(question));
    const texts: string[] = [];
    let polls = 0;
    for (let routed = 0; routed < REPLIES; polls += 1) {
      const { outcome } = await stack.invoke('PollRepliesFunction', {});
      expect(outcome).toMatchObject({ failures: [] });
      expect(Number(outcome?.routed)).toBeGreaterThan(0);
      routed += Number(outcome?.routed);
      for (let letters = await stack.receive('RepliesUrl', 0); letters.length > 0; ) {
        texts.push(...letters.map((letter) => parseReply(letter).text));
        letters = await stack.receive('RepliesUrl', 0);
      }
    }
    expect(polls).toBeGreaterThan(1);
    expect(texts.toSorted()).toEqual(Array.from({ length: REPLIES }, (_, index) => `answer ${index}`).toSorted());
  }, 120_000);

  function deliver(index: number, question: string): void {
    const headers = `From: c${index}@customer.example\r\nTo: ${SUPPORT.address}\r\nMessage-ID: <flood-${index}@customer.example>\r\n`;
    // No thread but its own: the queue gives one message of a thread at a time.
    const mail = `${headers}In-Reply-To: ${question}\r\nSubject: flood ${index}\r\n\r\nanswer ${index}\r\n`;
    stack.google.account(SUPPORT.address).deliver(mail);
  }
});

/** The deadline keeps back 12 seconds, and a mail wants 5: three seconds are left for routing. */
function withLittleTime(template: Template): unknown {
  const changed = structuredClone(template);
  for (const [id, { Properties }] of Object.entries(changed.Resources)) {
    if (/PollReplies[0-9A-F]{8}$/.test(id) && 'Timeout' in Properties) Properties.Timeout = 20;
  }
  return changed;
}
