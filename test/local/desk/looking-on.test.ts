// Whoever looks on changes nothing: neither a message too long to be shown nor a look that fails is felt by Mailroom.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesk } from '../../../local/desk/desk.ts';
import { QueueLog } from '../../../local/desk/queue-log.ts';
import { ADA, mailsWith, startTestStack, type TestStack, until } from '../../functions/stack.ts';

const URLS = { outbox: 'outbox', outboxDead: 'outboxDead', replies: 'replies', repliesDead: 'repliesDead' };

describe('a queue that is looked into', () => {
  it('is shown with long texts cut, but for the handle that an answer needs', async () => {
    const [text, handle] = ['x'.repeat(1_000_000), 'h'.repeat(9_000)];
    const bodies: Record<string, string> = { replies: JSON.stringify({ text, handle }), outbox: text };
    const log = new QueueLog(URLS, async (url) => {
      const body = bodies[url];
      return body === undefined ? [] : [{ id: url, body, sentAt: 1, attributes: {}, isInFlight: false }];
    });
    await log.look();
    const bodyOf = (wanted: string) => log.queues.find(({ name }) => name === wanted)?.messages[0]?.body;
    expect(bodyOf('replies')).toEqual({ text: `${'x'.repeat(4_000)} … and 996000 characters more`, handle });
    expect(String(bodyOf('outbox'))).toHaveLength(4_000 + ' … and 996000 characters more'.length);
  });
});

describe('a look that fails', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack();
  });

  afterAll(() => stack?.stop());

  it('lets no call fail', async () => {
    const desk = await openDesk({ ...stack.aws, peek: () => Promise.reject(new Error('no look')) }, stack.google);
    try {
      await stack.enqueue(JSON.stringify(MAIL), 'support', 'seen by nobody');
      await until('the mail', async () => mailsWith(stack, ADA, 'Nobody looks').length === 1);
    } finally {
      await desk.close();
    }
  });
});

const MAIL = { version: 1, mailbox: 'support', idempotencyKey: '1', to: ADA, subject: 'Hi', text: 'Nobody looks' };
