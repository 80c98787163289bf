// What Mailroom counts on of SQS FIFO queues, as a suite for any endpoint: the local one, and emulators that others wrote.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html
import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SecretsEndpoint } from './secrets-contract.ts';

export function describeQueues(name: string, start: () => Promise<SecretsEndpoint>): void {
  describe(`SQS of ${name}`, () => {
    let sqs: SQSClient;

    beforeAll(async () => {
      const { credentials, ...rest } = await start();
      sqs = new SQSClient({ ...rest, credentials: { ...credentials }, useQueueUrlAsEndpoint: false, maxAttempts: 1 });
    });

    afterAll(() => sqs?.destroy());

    const create = async (attributes: Record<string, string> = {}): Promise<string> => {
      const Attributes = { FifoQueue: 'true', VisibilityTimeout: '30', ...attributes };
      const { QueueUrl = '' } = await sqs.send(
        new CreateQueueCommand({ QueueName: `${randomUUID()}.fifo`, Attributes }),
      );
      return QueueUrl;
    };
    const send = (
      QueueUrl: string,
      MessageBody: string,
      MessageGroupId = 'g',
      MessageDeduplicationId: string = randomUUID(),
    ) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId }));
    const receive = async (QueueUrl: string, WaitTimeSeconds = 0): Promise<Message[]> => {
      const command = {
        QueueUrl,
        WaitTimeSeconds,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All' as const],
      };
      return (await sqs.send(new ReceiveMessageCommand(command))).Messages ?? [];
    };
    const remove = (QueueUrl: string, { ReceiptHandle }: Message) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    const show = (QueueUrl: string, { ReceiptHandle }: Message) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));

    it('gives the messages of a group in order, and none after one that is in flight', async () => {
      const url = await create();
      for (const body of ['1', '2', '3']) await send(url, body);
      const given: (string | undefined)[] = [];
      for (let batch = await receive(url); batch.length > 0; batch = await receive(url)) {
        expect(await receive(url)).toEqual([]);
        given.push(...batch.map(({ Body }) => Body));
        for (const message of batch) await remove(url, message);
      }
      expect(given).toEqual(['1', '2', '3']);
    });

    it('gives other groups while one is in flight', async () => {
      const url = await create();
      await send(url, 'a', 'one');
      expect((await receive(url)).map(({ Body }) => Body)).toEqual(['a']);
      await send(url, 'b', 'other');
      expect((await receive(url)).map(({ Body }) => Body)).toEqual(['b']);
    });

    it('takes a message once within five minutes, by its deduplication id, also after it was deleted', async () => {
      const url = await create();
      const first = await send(url, 'once', 'g', 'id');
      expect((await send(url, 'once', 'g', 'id')).MessageId).toBe(first.MessageId);
      const [message, ...others] = await receive(url);
      expect(others).toEqual([]);
      if (message !== undefined) await remove(url, message);
      await send(url, 'once', 'g', 'id');
      expect(await receive(url)).toEqual([]);
    });

    it('gives a message again when it becomes visible, and counts how often', async () => {
      const url = await create();
      await send(url, 'again');
      const [first] = await receive(url);
      expect(first?.Attributes).toMatchObject({ ApproximateReceiveCount: '1', MessageGroupId: 'g' });
      if (first !== undefined) await show(url, first);
      const [second] = await receive(url);
      expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
      expect(second?.MessageId).toBe(first?.MessageId);
    });

    it('moves a message to its dead-letter queue when it was received too often, and the group goes on', async () => {
      const dead = await create();
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }),
      );
      const policy = { deadLetterTargetArn: Attributes.QueueArn, maxReceiveCount: 2 };
      const url = await create({ RedrivePolicy: JSON.stringify(policy) });
      await send(url, 'poison');
      for (const _time of [1, 2]) for (const message of await receive(url)) await show(url, message);
      await send(url, 'good');
      const given = await receive(url, 1);
      expect(given.map(({ Body }) => Body)).toEqual(['good']);
      expect((await receive(dead, 1)).map(({ Body }) => Body)).toEqual(['poison']);
    });

    it('tells how many messages wait and how many are in flight', async () => {
      const url = await create();
      await send(url, 'flying', 'one');
      await receive(url);
      await send(url, 'waiting', 'other');
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
      expect(Attributes).toMatchObject({
        ApproximateNumberOfMessages: '1',
        ApproximateNumberOfMessagesNotVisible: '1',
        FifoQueue: 'true',
      });
    });

    it('waits for a message that comes while it is asked', async () => {
      const url = await create();
      const receiving = receive(url, 10);
      await send(url, 'late');
      expect((await receiving).map(({ Body }) => Body)).toEqual(['late']);
    });

    it('refuses a queue that does not exist, by the name of the error', async () => {
      const url = (await create()).replace(/[^/]+$/, 'gone.fifo');
      await expect(send(url, 'x')).rejects.toBeInstanceOf(QueueDoesNotExist);
    });
  });
}
