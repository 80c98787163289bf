// What lies in the queues: dead letters wait for a person, the rest for its turn.
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { ok, type Verdict, warning } from './finding.ts';

const QUEUES = {
  outbox: { url: 'OutboxUrl', deadUrl: 'OutboxDeadUrl', cause: 'mail that is not tried again by itself' },
  replies: { url: 'RepliesUrl', deadUrl: 'RepliesDeadUrl', cause: 'replies that no consumer took, or nobody can read' },
} as const;

export async function checkQueue(
  { sqs, outputs }: Deployment,
  name: keyof typeof QUEUES,
  commandLine: Context['commandLine'],
): Promise<Verdict> {
  const { url, deadUrl, cause } = QUEUES[name];
  const [waiting, dead] = await Promise.all([outputs[url], outputs[deadUrl]].map((each) => depthOf(sqs, each)));
  if (dead === 0) return { finding: ok(`no dead letters; ${waiting} wait in the queue`) };
  return {
    finding: warning(`${dead} dead ${dead === 1 ? 'letter' : 'letters'}; ${waiting} wait in the queue`, {
      cause,
      cure: 'see the reason of each, mend what is wrong, and put them back',
      command: commandLine(`redrive --queue ${name}`),
    }),
  };
}

async function depthOf(sqs: Deployment['sqs'], QueueUrl: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const { ApproximateNumberOfMessages = '0', ApproximateNumberOfMessagesNotVisible = '0' } = Attributes ?? {};
  return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
}
