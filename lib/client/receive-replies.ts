// A loop on the replies queue, for consumers that are no Lambda functions: containers, servers, a script.
import { setTimeout as wait } from 'node:timers/promises';
import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { parse } from '../core/parse.ts';
import {
  createRecordHandler,
  type HandleRecord,
  type HandleReply,
  type HandlingOptions,
  handleInOrder,
  type ReportFailure,
  reportOnConsole,
} from './handle-replies.ts';
import { type HiddenMessages, type Hiding, keepHidden } from './hidden-messages.ts';

export interface ReceiveOptions extends HandlingOptions {
  /** Output `RepliesUrl`. */
  readonly queueUrl: string;
  readonly handle: HandleReply;
  /**
   * Ends the loop: what is being handled is finished, what is not begun is given back. The poll is cut, so a reply that SQS
   * was about to answer it with comes again after `visibilitySeconds`.
   */
  readonly signal: AbortSignal;
  /** Replies held at a time. Default: 10. */
  readonly concurrency?: number;
  /** How soon the replies of a process that died are received elsewhere. Extended while a handler works. Default: 60. */
  readonly visibilitySeconds?: number;
  /** How soon a reply that failed comes again, the first time; each time later it takes three times as long. Default: 5. */
  readonly retrySeconds?: number;
}

/** The longest that SQS waits for a message. */
const POLL_SECONDS = 20;
/** The most that SQS gives at once. */
const MAX_RECEIVED = 10;
const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(1, 'must be at least 1'));
const MAX_RETRY_SECONDS = 900;
/** Of a receive, before it is given up. */
const SILENCE_MS = 30_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** What the steps of the loop share. */
interface Loop extends Hiding {
  readonly signal: AbortSignal;
  readonly concurrency: number;
  readonly retrySeconds: number;
  readonly handleRecord: HandleRecord;
  readonly onFailure: ReportFailure;
}

/**
 * Receives replies and handles them until `signal` is aborted, then returns. Replies of one thread are handled in their
 * order, threads side by side. A reply is deleted when it was handled; where `handle` throws, it comes again with those after
 * it in its thread, and after five times it is on the dead-letter queue. `handled` is what it is to `consumeReplies`.
 *
 * Failures are told to `onFailure`, and end nothing: while the queue does not answer, it is asked less and less often.
 * @throws MailError REQUEST_INVALID where `concurrency` is no count
 */
export async function receiveReplies(options: ReceiveOptions): Promise<void> {
  const { signal, onFailure = reportOnConsole } = options;
  const sqs = new SQSClient({});
  const loop: Loop = {
    sqs,
    queueUrl: options.queueUrl,
    seconds: options.visibilitySeconds ?? 60,
    report: (error) => onFailure(error),
    signal,
    concurrency: parse(CountSchema, options.concurrency ?? MAX_RECEIVED, 'REQUEST_INVALID', 'concurrency'),
    retrySeconds: options.retrySeconds ?? 5,
    handleRecord: createRecordHandler(options.handle, options),
    onFailure,
  };
  try {
    await receiveUntilAborted(loop);
  } finally {
    sqs.destroy();
  }
}

async function receiveUntilAborted(loop: Loop): Promise<void> {
  const threads = new Map<Promise<void>, number>();
  const held = (): number => [...threads.values()].reduce((sum, count) => sum + count, 0);
  let pauseMs = FIRST_PAUSE_MS;
  while (!loop.signal.aborted) {
    const room = loop.concurrency - held();
    if (room <= 0) {
      await Promise.race(threads.keys());
      continue;
    }
    try {
      for (const thread of await receiveThreads(loop, Math.min(room, MAX_RECEIVED))) {
        const working: Promise<void> = handleThread(loop, thread).finally(() => threads.delete(working));
        threads.set(working, thread.length);
      }
      pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      if (loop.signal.aborted) break;
      loop.onFailure(error);
      await wait(pauseMs, undefined, { signal: loop.signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
  await Promise.all(threads.keys());
}

/** What SQS gives of a thread it gives in its order, and no more of it to anyone until this is deleted or given back. */
async function receiveThreads({ sqs, queueUrl, seconds, signal }: Loop, room: number): Promise<Iterable<Message[]>> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: room,
    WaitTimeSeconds: POLL_SECONDS,
    VisibilityTimeout: seconds,
    MessageSystemAttributeNames: ['MessageGroupId', 'ApproximateReceiveCount'],
  });
  // A connection that died without a word would be waited for for ever.
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(SILENCE_MS)]);
  const { Messages = [] } = await sqs.send(command, { abortSignal });
  return Map.groupBy(Messages, ({ Attributes, MessageId }) => Attributes?.MessageGroupId ?? MessageId).values();
}

/** Never rejects. */
async function handleThread(loop: Loop, thread: readonly Message[]): Promise<void> {
  const hidden = keepHidden(loop, thread);
  try {
    const left = await handleInOrder(thread, (message) => handleMessage(loop, hidden, message));
    await hidden.giveBack(left, loop.signal.aborted ? 0 : retrySecondsOf(loop, left[0]));
  } catch (error) {
    // They come back by themselves when their time is over.
    loop.onFailure(error);
  } finally {
    await hidden.stop();
  }
}

async function handleMessage(loop: Loop, hidden: HiddenMessages, message: Message): ReturnType<HandleRecord> {
  if (loop.signal.aborted) return 'again';
  const { MessageId = '' } = message;
  const ending = await loop.handleRecord(message, MessageId);
  if (ending !== 'done') return ending;
  try {
    await hidden.delete(message);
    return 'done';
  } catch (error) {
    // It comes again, so those after it in its thread must come after it.
    loop.onFailure(error, MessageId);
    return 'again';
  }
}

function retrySecondsOf({ retrySeconds }: Loop, message: Message | undefined): number {
  const received = Number(message?.Attributes?.ApproximateReceiveCount ?? 1);
  return Math.min(Math.round(retrySeconds * 3 ** (received - 1)), MAX_RETRY_SECONDS);
}
