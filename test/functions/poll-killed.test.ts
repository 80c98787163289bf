// A poll that dies between the replies queue, Routed and the cursor: the next one finishes its work, and there is one event.
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseReply } from '../../lib/client/mailroom.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { type CallsProxy, startCallsProxy } from './calls-proxy.ts';
import { ADA, startTestStack, type TestStack } from './stack.ts';

describe('a poll that is killed', () => {
  let stack: TestStack;
  let proxy: CallsProxy;
  let question: string;

  beforeAll(async () => {
    proxy = await startCallsProxy();
    const processEnvironment = { AWS_ENDPOINT_URL_DYNAMODB: proxy.url };
    stack = await startTestStack({ processEnvironment });
    proxy.target = stack.aws.endpoints.dynamodb;
    await stack.invoke('PollRepliesFunction', {});
    const { outcome } = await stack.send({ idempotencyKey: 'question', context: { order: 7 } });
    question = String(outcome?.messageId);
  });

  afterEach(() => {
    proxy.onCall = () => 'pass';
  });

  afterAll(async () => {
    await stack?.stop();
    await proxy?.close();
  });

  const kill = () => stack.aws.killFunction(stack.output('PollRepliesFunction'));
  const isRoutedWrite = (operation: string, body: string) =>
    operation === 'PutItem' && body.includes(stack.output('RoutedTable'));
  const isCursorWrite = (operation: string, body: string) => operation === 'UpdateItem' && body.includes('readTo');

  it.each([
    ['after the queue, before Routed', isRoutedWrite, 'before'],
    ['after Routed, before the cursor', isRoutedWrite, 'after'],
    ['at the cursor', isCursorWrite, 'before'],
    ['after the cursor', isCursorWrite, 'after'],
  ] as const)('%s leaves one event', async (name, isThatCall, when) => {
    reply(name);
    proxy.onCall = (operation, body) => {
      if (!isThatCall(operation, body)) return 'pass';
      if (when === 'after') return kill;
      kill();
      return 'drop';
    };
    const killed = await stack.invoke('PollRepliesFunction', {});
    expect(killed.errorType).toBe('Runtime.ExitError');
    proxy.onCall = () => 'pass';
    await endLease();
    expect((await stack.invoke('PollRepliesFunction', {})).outcome).toMatchObject({ failures: [] });
    expect((await stack.invoke('PollRepliesFunction', {})).outcome).toMatchObject({ routed: 0, failures: [] });
    const events = (await stack.receive('RepliesUrl')).map(parseReply);
    expect(events).toMatchObject([{ text: name, answers: { context: { order: 7 } } }]);
  });

  it('is not followed by another while its lease lasts', async () => {
    reply('under a lease');
    proxy.onCall = (operation, body) => {
      if (!isRoutedWrite(operation, body)) return 'pass';
      kill();
      return 'drop';
    };
    await stack.invoke('PollRepliesFunction', {});
    proxy.onCall = () => 'pass';
    expect((await stack.invoke('PollRepliesFunction', {})).outcome).toMatchObject({ seen: 0, routed: 0 });
  });

  function reply(text: string): void {
    const headers = [
      `From: ${ADA}`,
      `To: ${SUPPORT.address}`,
      `Message-ID: <${text.replaceAll(/\W/g, '-')}@customer.example>`,
    ];
    const mail = `${headers.join('\r\n')}\r\nIn-Reply-To: ${question}\r\nSubject: Re\r\n\r\n${text}\r\n`;
    stack.google.account(SUPPORT.address).deliver(mail);
  }

  /** As time would. */
  async function endLease(): Promise<void> {
    await stack.db.send(
      new UpdateCommand({
        TableName: stack.output('MailboxesTable'),
        Key: { key: 'support#reading' },
        UpdateExpression: 'SET leaseUntil = :past',
        ExpressionAttributeValues: { ':past': 1 },
      }),
    );
  }
});
