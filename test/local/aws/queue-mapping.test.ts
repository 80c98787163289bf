// Queues and their mappings: what a function has done is deleted, what it has not comes back, and at last is dead-lettered.
import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAws, startAws } from '../../../local/aws/aws.ts';
import { type BuiltAssembly, buildAssembly } from './assembly-builder.ts';

const WORKER = `exports.handler = async ({ Records }) => {
  for (const { body, attributes } of Records) console.log(body, attributes.ApproximateReceiveCount);
  if (Records.some(({ body }) => body === 'throws')) throw new Error('no');
  const [{ body: answer }] = Records;
  if (answer.startsWith('answer ')) return JSON.parse(answer.slice(7));
  return { batchItemFailures: Records.filter(({ body }) => body === 'fails').map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

describe('a mapped queue', () => {
  let assembly: BuiltAssembly;
  let aws: LocalAws;
  let sqs: SQSClient;
  const seen: string[] = [];

  beforeAll(async () => {
    const FifoQueue = true;
    assembly = buildAssembly(
      { Worker: WORKER },
      {
        Dead: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue } },
        Queue: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            FifoQueue,
            VisibilityTimeout: 1,
            RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
          },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            FunctionName: { Ref: 'Worker' },
            FunctionResponseTypes: ['ReportBatchItemFailures'],
          },
        },
      },
    );
    aws = await startAws({ assembly: assembly.folder, onLog: ({ line }) => seen.push(line.split('\t').at(-1) ?? '') });
    sqs = new SQSClient({ region: aws.region, credentials: { ...aws.credentials }, endpoint: aws.endpoints.sqs });
  });

  afterAll(async () => {
    sqs?.destroy();
    await aws?.stop();
    assembly?.remove();
  });

  const url = (logicalId: string) => aws.resources[logicalId]?.physicalId;
  const put = (body: string, group = body, deduplication = body) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: url('Queue'),
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: deduplication,
      }),
    );
  const seenTimes = (body: string) => seen.filter((line) => line.startsWith(body)).length;

  it('gives its messages to the function once, in the order of their group, without repeats of one id', async () => {
    expect(url('Queue')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
    for (const body of ['one', 'two', 'three']) await put(body, 'group');
    await put('again', 'group', 'three');
    while (seenTimes('three') === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await aws.idle();
    expect(seen.filter((line) => /^(one|two|three|again)/.test(line))).toEqual(['one 1', 'two 1', 'three 1']);
  });

  it('brings back what the function has not done, and dead-letters it in the end', async () => {
    const bodies = [
      'fails',
      'throws',
      'answer {"batchItemFailures":[{"itemIdentifier":""}]}',
      'answer {"batchItemFailures":[{"itemIdentifier":null}]}',
      'answer {"batchItemFailures":[{"messageId":"bad key"}]}',
      'answer {"batchItemFailures":[{"itemIdentifier":"of no message"}]}',
    ];
    for (const body of bodies) await put(body, randomUUID(), randomUUID());
    const dead: (string | undefined)[] = [];
    while (dead.length < bodies.length) {
      const receive = new ReceiveMessageCommand({ QueueUrl: url('Dead'), WaitTimeSeconds: 10 });
      const { Messages = [] } = await sqs.send(receive);
      expect(Messages).not.toEqual([]);
      dead.push(...Messages.map(({ Body }) => Body));
    }
    expect(dead.toSorted()).toEqual(bodies.toSorted());
    for (const body of bodies) expect(seenTimes(body)).toBe(2);
  });

  it.each(['null', '{}', '{"batchItemFailures":null}', '{"batchItemFailures":[]}'])(
    'is done with what the function answers by %s',
    async (answer) => {
      const body = `answer ${answer}`;
      await put(body, 'succeeding', randomUUID());
      while (seenTimes(body) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await aws.idle();
      const QueueUrl = url('Queue');
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
      expect(names.map((name) => Attributes?.[name])).toEqual(['0', '0']);
    },
  );
});
