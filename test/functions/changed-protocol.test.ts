// A mailbox whose replies are read another way from now on, as where IMAP was closed: nothing is missed in between, and what
// was routed one way is known the other way too.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReply } from '../../lib/client/mailroom.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, startTestStack, type TestStack } from './stack.ts';

const HOUR_MS = 3_600_000;

describe('a mailbox that changes its protocol', () => {
  let stack: TestStack;
  let question: string;
  let count = 0;

  beforeAll(async () => {
    stack = await startTestStack();
    await poll();
    question = String((await stack.send({ idempotencyKey: 'question' })).outcome?.messageId);
  });

  afterAll(async () => {
    await stack?.stop();
  });

  it.each([
    ['imap', 'pop3'],
    ['pop3', 'imap'],
    ['imap', 'pop3'],
  ])('from %s to %s misses no reply and repeats none, neither by polls nor by the audit', async (before, then) => {
    await stack.setProfile({ protocol: before });
    await poll();
    deliver(`early ${before}`, { internalDate: Date.now() - HOUR_MS });
    expect(await poll()).toMatchObject({ routed: 1, failures: [] });
    deliver(`between ${before} and ${then}`);
    await stack.setProfile({ protocol: then });
    expect(await poll()).toMatchObject({ routed: 1, failures: [] });
    deliver(`late ${then}`);
    expect(await poll()).toMatchObject({ routed: 1, failures: [] });
    const audited = await stack.invoke('AuditRepliesFunction', {});
    expect(audited.outcome).toMatchObject({ routed: 0, failures: [] });
    expect(await texts()).toEqual([`early ${before}`, `between ${before} and ${then}`, `late ${then}`]);
  });

  it('first read by POP3 misses none either when it is read by IMAP', async () => {
    await stack.forgetReading();
    await stack.setProfile({ protocol: 'pop3' });
    await poll();
    deliver('before');
    expect(await poll()).toMatchObject({ routed: 1 });
    deliver('between');
    await stack.setProfile({ protocol: 'imap' });
    expect(await poll()).toMatchObject({ routed: 1, failures: [] });
    expect(await texts()).toEqual(['before', 'between']);
  });

  it('repeats none where the last poll by IMAP died while it noted that it had routed a mail', async () => {
    deliver('noted in part');
    const table = `:table/${stack.output('RoutedTable')}`;
    const stopListening = stack.aws.onCall(async ({ action, resource }) => {
      if (action === 'dynamodb:PutItem' && resource.endsWith(table))
        stack.aws.killFunction(stack.output('PollRepliesFunction'));
    });
    expect((await stack.invoke('PollRepliesFunction', {})).errorType).toBe('Runtime.ExitError');
    stopListening();
    await stack.setProfile({ protocol: 'pop3' });
    expect(await poll()).toMatchObject({ routed: 0, failures: [] });
    expect(await texts()).toEqual(['noted in part']);
    await stack.setProfile({ protocol: 'imap' });
    await poll();
  });

  it('makes two events of two mails under one Message-ID and Date, as before', async () => {
    deliver('one', {}, '<same@customer.example>');
    deliver('two', {}, '<same@customer.example>');
    expect(await poll()).toMatchObject({ routed: 2, failures: [] });
    expect(await texts()).toEqual(['one', 'two']);
  });

  /** After the pause that Gmail's POP3 wants. */
  async function poll() {
    await stack.passReadingTime(301_000);
    return (await stack.invoke('PollRepliesFunction', {})).outcome;
  }

  function deliver(text: string, mail = {}, messageId?: string): void {
    count += 1;
    const headers = `From: ${ADA}\r\nTo: ${SUPPORT.address}\r\nMessage-ID: ${messageId ?? `<${count}@customer.example>`}\r\nDate: Sat, 28 Nov 2026 10:00:00 +0000\r\n`;
    const raw = `${headers}In-Reply-To: ${question}\r\nSubject: Re: Hello\r\n\r\n${text}\r\n`;
    stack.google.account(SUPPORT.address).deliver(raw, mail);
  }

  /** Of one thread the queue gives one at a time; by POP3 there is another thread. */
  async function texts(): Promise<string[]> {
    const all: string[] = [];
    for (let some = await receive(); some.length > 0; some = await receive()) all.push(...some);
    return all;
  }

  const receive = async (): Promise<string[]> =>
    (await stack.receive('RepliesUrl', 0)).map((one) => parseReply(one).text);
});
