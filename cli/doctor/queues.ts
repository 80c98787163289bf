// What lies in the queues: dead letters wait for a person, the rest for its turn.
import { countMessages } from '../../lib/aws/dead-letters.ts';
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
  const [{ waiting }, { all: dead }] = await Promise.all([
    countMessages(sqs, outputs[url]),
    countMessages(sqs, outputs[deadUrl]),
  ]);
  if (dead === 0) return { finding: ok(`no dead letters; ${waiting} wait in the queue`) };
  return {
    finding: warning(`${dead} dead ${dead === 1 ? 'letter' : 'letters'}; ${waiting} wait in the queue`, {
      cause,
      cure: 'see the reason of each, mend what is wrong, and put them back',
      command: commandLine(`redrive --queue ${name}`),
    }),
  };
}
