// The consumer that docs/consuming-replies.md shows: the page shows the very files, and they do what it says on the local stack.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Message } from '@aws-sdk/client-sqs';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnsweringStack } from '../../docs/examples/answering-stack.ts';
import { parseReply } from '../../lib/client/mailroom.ts';
import { awsEnvironment } from '../../local/endpoints.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { createHandledTable, TABLE } from '../client/handled-fixture.ts';
import { ADA, mailsWith, startTestStack, type TestStack, until } from '../functions/stack.ts';
import { blocksOf } from '../readme/blocks.ts';

const EXAMPLES = fileURLToPath(new URL('../../docs/examples/', import.meta.url));
const FILES = ['answering-consumer.ts', 'answering-container.ts', 'answering-stack.ts'];

describe('docs/consuming-replies.md', () => {
  it('shows the example files as they are', () => {
    expect(blocksOf('docs/consuming-replies.md', 'ts')).toEqual(
      FILES.map((file) => readFileSync(`${EXAMPLES}${file}`, 'utf8')),
    );
  });

  it('gives the function what it reads, and its trigger partial failures', () => {
    // The functions of Mailroom itself are not what is looked at: they need not be bundled.
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    const stack = new AnsweringStack(app, 'Answering', { code: Code.fromInline('exports.handler = () => {}') });
    const template = Template.fromStack(stack);
    const environment = { OUTBOX_URL: {}, MAIL_BUCKET: {}, MESSAGES_TABLE: {}, HANDLED_TABLE: {} };
    const read = readFileSync(`${EXAMPLES}answering-consumer.ts`, 'utf8').match(/(?<=process\.env\.)\w+/g);
    // It enqueues only.
    expect(read?.filter((name) => name !== 'SEND_MAIL_FUNCTION').toSorted()).toEqual(
      Object.keys(environment).toSorted(),
    );
    const Variables = Object.fromEntries(Object.keys(environment).map((name) => [name, Match.anyValue()]));
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'answering-consumer.handler',
      Environment: { Variables },
    });
    template.resourcePropertiesCountIs(
      'AWS::Lambda::EventSourceMapping',
      {
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
      2,
    );
  });
});

describe('the consumer in docs/consuming-replies.md', () => {
  const before = { ...process.env };
  let stack: TestStack;
  let container: ChildProcess | undefined;

  beforeAll(async () => {
    stack = await startTestStack();
    Object.assign(process.env, environment());
    const db = new DynamoDBClient({});
    await createHandledTable(db);
    db.destroy();
    await stack.invoke('PollRepliesFunction', {});
  });

  afterAll(async () => {
    container?.kill('SIGKILL');
    process.env = before;
    await stack?.stop();
  });

  const environment = () => ({
    ...awsEnvironment(stack.aws),
    SEND_MAIL_FUNCTION: stack.output('SendMailFunction'),
    OUTBOX_URL: stack.output('OutboxUrl'),
    MAIL_BUCKET: stack.output('MailBucket'),
    MESSAGES_TABLE: stack.output('MessagesTable'),
    REPLIES_URL: stack.output('RepliesUrl'),
    HANDLED_TABLE: TABLE,
  });

  /** Sends a mail about an order, and lets the customer answer it. */
  async function sendAndReply(order: number, id: string, headers: readonly string[] = []): Promise<string> {
    const sent = await stack.send({ idempotencyKey: `order-${order}`, subject: `Order ${order}`, context: { order } });
    const messageId = String(sent.outcome?.messageId);
    const head = [
      `From: ${ADA}`,
      `To: ${SUPPORT.address}`,
      `Subject: AW: Order ${order}`,
      `Message-ID: ${id}`,
      `In-Reply-To: ${messageId}`,
      `References: ${messageId}`,
      ...headers,
    ];
    stack.google.account(SUPPORT.address).deliver(`${head.join('\r\n')}\r\n\r\nOn Monday, please.\r\n`);
    await stack.invoke('PollRepliesFunction', {});
    return messageId;
  }

  const eventOf = (messages: readonly Message[]) => ({
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      body: message.Body,
      attributes: { MessageGroupId: parseReply(message).thread },
    })),
  });

  it('answers the customer in the thread, once, however often the event is delivered', async () => {
    const { handler } = await import('../../docs/examples/answering-consumer.ts');
    const messageId = await sendAndReply(4711, '<r1@customer.example>');
    const event = eventOf(await stack.receive('RepliesUrl'));
    expect(event.Records).toHaveLength(1);
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    const answers = () => mailsWith(stack, ADA, 'noted this for order 4711');
    await until('the answer', async () => answers().length > 0);
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    await stack.aws.idle();
    expect(answers()).toHaveLength(1);
    const [answer = ''] = answers();
    expect(answer).toContain('Subject: Re: Order 4711\r\n');
    expect(answer).toContain('Auto-Submitted: auto-replied\r\n');
    expect(answer).toContain('In-Reply-To: <r1@customer.example>\r\n');
    expect(answer).toMatch(new RegExp(`References: ${messageId}\\s+<r1@customer\\.example>\r\n`));
    const inbox = stack.google.account(ADA).messages('INBOX');
    expect(new Set(inbox.map(({ thrid }) => thrid)).size).toBe(1);
  });

  it('leaves an automatic reply unanswered', async () => {
    const { handler } = await import('../../docs/examples/answering-consumer.ts');
    await sendAndReply(4712, '<r2@customer.example>', ['Auto-Submitted: auto-replied']);
    const messages = await stack.receive('RepliesUrl');
    expect(messages.map((message) => parseReply(message).kind)).toEqual(['auto-reply']);
    expect(await handler(eventOf(messages))).toEqual({ batchItemFailures: [] });
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'noted this for order 4712')).toEqual([]);
  });

  it('answers as a container too, which stops when it is told to', async () => {
    const env = { ...environment(), PATH: before.PATH };
    container = spawn(process.execPath, [`${EXAMPLES}answering-container.ts`], { env });
    let printed = '';
    for (const stream of [container.stdout, container.stderr]) {
      stream?.on('data', (chunk) => {
        printed += chunk;
      });
    }
    const ended = once(container, 'exit');
    await sendAndReply(4713, '<r3@customer.example>');
    await until('the answer', async () => mailsWith(stack, ADA, 'noted this for order 4713').length > 0);
    container.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(printed).toBe('stopped, with nothing in hand\n');
  });
});
