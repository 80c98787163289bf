// An event source mapping from a queue to a function: long polls, invokes, and deletes what the function has done.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
// A batch here holds at most one message of a FIFO group, as fauxqs gives them out; AWS may give ten.
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { LambdaFunction } from './lambda-function.ts';

export interface QueueMappingOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly region: string;
  readonly target: LambdaFunction;
  readonly batchSize: number;
  readonly reportsFailures: boolean;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html: what is missing or null is a success. */
const AnswerSchema = v.nullable(
  v.object({ batchItemFailures: v.nullish(v.array(v.object({ itemIdentifier: v.string() })), []) }),
);

/** As many as Lambda starts with. */
const POLLERS = 5;
const RETRY_MS = 200;

export class QueueMapping {
  readonly #options: QueueMappingOptions;
  readonly #stopped = new AbortController();
  #pollers: Promise<void>[] = [];
  #isPaused = false;
  #resting = 0;
  #working = 0;

  constructor(options: QueueMappingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#pollers = Array.from({ length: POLLERS }, () => this.#poll());
  }

  get queueArn(): string {
    return this.#options.queueArn;
  }

  get working(): number {
    return this.#working;
  }

  /** Resolves when no poll is under way that could still take a message. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    while (this.#resting < POLLERS) await rest(RETRY_MS, this.#stopped.signal);
  }

  resume(): void {
    this.#isPaused = false;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#pollers);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        if (this.#isPaused) await this.#rest(signal);
        else await this.#take(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Error && error.name === 'AbortError') return;
        await rest(RETRY_MS, signal);
      }
    }
  }

  async #rest(signal: AbortSignal): Promise<void> {
    this.#resting += 1;
    await rest(RETRY_MS, signal);
    this.#resting -= 1;
  }

  async #take(signal: AbortSignal): Promise<void> {
    const { sqs, queueUrl, batchSize } = this.#options;
    const receive = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(batchSize, 10),
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    const { Messages = [] } = await sqs.send(receive, { abortSignal: signal });
    if (Messages.length === 0) return;
    this.#working += 1;
    try {
      await this.#invoke(Messages);
    } finally {
      this.#working -= 1;
    }
  }

  /** What is not deleted comes back when its visibility timeout has passed. */
  async #invoke(messages: readonly Message[]): Promise<void> {
    const { target, sqs, queueUrl, reportsFailures } = this.#options;
    const event = { Records: messages.map((message) => this.#record(message)) };
    const { payload, functionError } = await target.invoke(JSON.stringify(event));
    if (functionError !== undefined) return;
    const failed = reportsFailures ? failuresIn(payload, messages) : new Set<string>();
    if (failed === undefined) return;
    const done = messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
    if (done.length === 0) return;
    const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }

  #record(message: Message): object {
    const { MessageId, ReceiptHandle, Body, Attributes, MessageAttributes = {}, MD5OfBody } = message;
    const attributes = Object.entries(MessageAttributes).map(([name, { StringValue, DataType }]) => [
      name,
      { stringValue: StringValue, dataType: DataType, stringListValues: [], binaryListValues: [] },
    ]);
    return {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      messageAttributes: Object.fromEntries(attributes),
      md5OfBody: MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: this.#options.queueArn,
      awsRegion: this.#options.region,
    };
  }
}

/** Undefined where the answer is none that Lambda understands, or names what is not in the batch: then all of it failed. */
function failuresIn(payload: string, messages: readonly Message[]): ReadonlySet<string> | undefined {
  const parsed = v.safeParse(AnswerSchema, JSON.parse(payload));
  if (!parsed.success) return undefined;
  const failed = new Set(parsed.output?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  const ids = messages.map(({ MessageId }) => MessageId);
  return [...failed].every((id) => ids.includes(id)) ? failed : undefined;
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, milliseconds);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
    signal.addEventListener('abort', end);
  });
}
