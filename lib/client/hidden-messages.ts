// Messages of a queue that are in work: kept from other consumers until they are deleted or given back.
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface HiddenMessages {
  delete(message: Message): Promise<void>;
  /** Lets them be received again after some seconds, the first of the thread last, so that none overtakes it. */
  giveBack(messages: readonly Message[], seconds: number): Promise<void>;
  /** Ends the extending. What is still here comes back when its time is over. */
  stop(): Promise<void>;
}

export interface Hiding {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** How long without a word of this process until others may receive them. */
  readonly seconds: number;
  /** Told of an extension that failed; the next one is due all the same. */
  readonly report: (error: unknown) => void;
}

/** Extends their time three times as often as it would end, so that one call may fail. */
export function keepHidden(
  { sqs, queueUrl: QueueUrl, seconds, report }: Hiding,
  received: readonly Message[],
): HiddenMessages {
  const hidden = new Set(received);
  let extending = Promise.resolve();
  const extend = (): void => {
    // One at a time: where SQS is slow, the next one waits for it.
    extending = extending.then(() => extendAll(sqs, QueueUrl, [...hidden], seconds)).catch(report);
  };
  const timer = setInterval(extend, (seconds * 1_000) / 3);
  return {
    async delete(message) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      hidden.delete(message);
    },

    async giveBack(messages, delaySeconds) {
      for (const message of messages) hidden.delete(message);
      // An extension under way would take back what is said now.
      await extending;
      for (const { ReceiptHandle } of messages.toReversed()) {
        const change = { QueueUrl, ReceiptHandle, VisibilityTimeout: delaySeconds };
        await sqs.send(new ChangeMessageVisibilityCommand(change));
      }
    },

    async stop() {
      clearInterval(timer);
      await extending;
    },
  };
}

async function extendAll(
  sqs: SQSClient,
  QueueUrl: string,
  messages: readonly Message[],
  VisibilityTimeout: number,
): Promise<void> {
  if (messages.length === 0) return;
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout }));
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
}
