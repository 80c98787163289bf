// A dead-letter queue as a person goes through it: letters are hidden while they are looked at, and either go back to where
// they came from or are visible again.
import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type EpochMs, toEpochMs } from '../core/time.ts';

export interface DeadLetter {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly group: string;
  readonly putAsideAt: EpochMs;
  /** Absent where SQS moved it, after five receives. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

export interface DeadLetterQueue {
  /** Hides letters for `HIDDEN_MS`: of each group the first ten at most. Of those already hidden none. */
  receive(): Promise<readonly DeadLetter[]>;
  /** To its queue first, removed second: in between it is in both, never in none. */
  putBack(letter: DeadLetter): Promise<void>;
  show(letter: DeadLetter): Promise<void>;
  /** About how many lie there, hidden ones too. */
  count(): Promise<number>;
}

/** For as long as a person may take to answer. */
export const HIDDEN_MS = 10 * 60_000;
const MOST_IN_A_ROUND = 100;

export function createDeadLetterQueue(sqs: SQSClient, deadUrl: string, queueUrl: string): DeadLetterQueue {
  return {
    async receive() {
      const letters: DeadLetter[] = [];
      while (letters.length < MOST_IN_A_ROUND) {
        const { Messages = [] } = await sqs.send(receiveFrom(deadUrl));
        if (Messages.length === 0) break;
        letters.push(...Messages.map(letterOf));
      }
      return letters;
    },

    async putBack({ body, group, receiptHandle }) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageGroupId: group,
          // A new one: under its old one SQS may drop it as a repeat, and then it would be lost.
          MessageDeduplicationId: randomUUID(),
        }),
      );
      await sqs.send(new DeleteMessageCommand({ QueueUrl: deadUrl, ReceiptHandle: receiptHandle }));
    },

    async show({ receiptHandle }) {
      await sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: deadUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 }),
      );
    },

    async count() {
      const { all } = await countMessages(sqs, deadUrl);
      return all;
    },
  };
}

/** @returns about how many wait in a queue, and how many there are with those that are in work */
export async function countMessages(sqs: SQSClient, url: string): Promise<{ waiting: number; all: number }> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }),
  );
  const [waiting = 0, inWork = 0] = names.map((name) => Number(Attributes[name] ?? 0));
  return { waiting, all: waiting + inWork };
}

function receiveFrom(QueueUrl: string): ReceiveMessageCommand {
  return new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: HIDDEN_MS / 1_000,
    WaitTimeSeconds: 1,
    MessageSystemAttributeNames: ['MessageGroupId', 'SentTimestamp'],
    MessageAttributeNames: ['Code', 'Reason'],
  });
}

function letterOf({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes = {},
  MessageAttributes = {},
}: Message): DeadLetter {
  return {
    id: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    group: Attributes.MessageGroupId ?? '',
    putAsideAt: toEpochMs(Number(Attributes.SentTimestamp ?? 0)),
    code: MessageAttributes.Code?.StringValue,
    reason: MessageAttributes.Reason?.StringValue,
  };
}
