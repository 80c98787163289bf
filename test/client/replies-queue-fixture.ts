// A FIFO queue such as the replies queue, with its dead-letter queue, on an SQS of its own behind a proxy.
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startQueuesAndObjects } from '../../local/aws/queues-and-objects.ts';
import { type CallsProxy, startCallsProxy } from '../functions/calls-proxy.ts';
import { bodyOf } from './reply-fixture.ts';

export interface RepliesQueue {
  readonly proxy: CallsProxy;
  readonly url: string;
  put(id: string, thread: string, body?: string): Promise<void>;
  /** Messages that nobody has deleted, seen or not. */
  count(): Promise<number>;
  /** The bodies of messages that nobody holds. */
  visible(): Promise<string[]>;
  dead(): Promise<string[]>;
  close(): Promise<void>;
}

const ACCESS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' };

/** From here on this process finds this SQS, as a service finds AWS: by its environment. */
export async function startRepliesQueue(maxReceiveCount = 5): Promise<RepliesQueue> {
  const server = await startQueuesAndObjects();
  const proxy = await startCallsProxy();
  proxy.target = server.url;
  const before = { ...process.env };
  Object.assign(process.env, ACCESS, { AWS_ENDPOINT_URL_SQS: proxy.url });
  const sqs = new SQSClient({ endpoint: server.url, useQueueUrlAsEndpoint: false });
  const create = async (QueueName: string, Attributes: Record<string, string>): Promise<string> =>
    (await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { FifoQueue: 'true', ...Attributes } })))
      .QueueUrl ?? '';
  const deadUrl = await create('dead.fifo', {});
  const { Attributes: dead = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ['QueueArn'] }),
  );
  const url = await create('replies.fifo', {
    VisibilityTimeout: '90',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.QueueArn, maxReceiveCount }),
  });
  const receive = async (QueueUrl: string): Promise<string[]> => {
    const command = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(command));
    return Messages.map(({ Body = '' }) => Body);
  };
  return {
    proxy,
    url: `${proxy.url}${new URL(url).pathname}`,
    async put(id, thread, MessageBody = bodyOf(id, thread)) {
      const put = { QueueUrl: url, MessageBody, MessageGroupId: thread, MessageDeduplicationId: id };
      await sqs.send(new SendMessageCommand(put));
    },
    async count() {
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...AttributeNames] }),
      );
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
    },
    visible: () => receive(url),
    dead: () => receive(deadUrl),
    async close() {
      process.env = before;
      sqs.destroy();
      await proxy.close();
      await server.close();
    },
  };
}
