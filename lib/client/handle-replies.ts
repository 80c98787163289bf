// Replies handled one by one: each once, where that is noted, and those of a thread in their order.
import type { ReplyEvent } from '../core/reply.ts';
import { parseReply, type ReplyRecord } from './parse-reply.ts';

/** What a consumer does with one reply. Where it throws, the reply is delivered again, at last to the dead-letter queue. */
export type HandleReply = (reply: ReplyEvent) => Promise<void>;

/** Which replies were handled, by the ids of their events. `createHandledReplies` keeps them in DynamoDB. */
export interface HandledReplies {
  /** `new`: handle it now. `done`: it was handled. `busy`: someone is at it, or died and will be taken over from later. */
  begin(id: string): Promise<'new' | 'done' | 'busy'>;
  finish(id: string): Promise<void>;
  /** It was not handled after all: whoever begins next may. */
  release(id: string): Promise<void>;
}

/** Told of what went wrong with a message of the queue, by the message's SQS id where there is one. */
export type ReportFailure = (error: unknown, messageId?: string) => void;

export interface HandlingOptions {
  /** Without it replies are handled at least once: a repeat is rare, but it comes. */
  readonly handled?: HandledReplies | undefined;
  /** Default: written with `console.error`. */
  readonly onFailure?: ReportFailure | undefined;
}

/** `unreadable`: no reply event of this version, nothing that waiting would mend. `again`: to be received again. */
type Ending = 'done' | 'unreadable' | 'again';
export type HandleRecord = (record: ReplyRecord, messageId: string) => Promise<Ending>;

export const reportOnConsole: ReportFailure = (error, messageId) => {
  const place = messageId === undefined ? 'the replies queue' : `message ${messageId} of the replies queue`;
  console.error(`mailroom: ${place}:`, error);
};

/** What it answers never throws: failures are reported. */
export function createRecordHandler(handle: HandleReply, options: HandlingOptions): HandleRecord {
  const { handled, onFailure = reportOnConsole } = options;
  return async (record, messageId) => {
    const report = (error: unknown): void => onFailure(error, messageId);
    let reply: ReplyEvent;
    try {
      reply = parseReply(record);
    } catch (error) {
      report(error);
      return 'unreadable';
    }
    try {
      return await handleOnce(reply, handle, handled, report);
    } catch (error) {
      report(error);
      return 'again';
    }
  };
}

/**
 * Handles the records of one thread in their order: where one must be received again, so must those after it. One that
 * cannot be read holds up nobody.
 * @returns those that are not done with
 */
export async function handleInOrder<R>(
  thread: readonly R[],
  work: (record: R) => Promise<Ending>,
): Promise<readonly R[]> {
  const unreadable: R[] = [];
  for (const [index, record] of thread.entries()) {
    const ending = await work(record);
    if (ending === 'again') return [...unreadable, ...thread.slice(index)];
    if (ending === 'unreadable') unreadable.push(record);
  }
  return unreadable;
}

async function handleOnce(
  reply: ReplyEvent,
  handle: HandleReply,
  handled: HandledReplies | undefined,
  report: (error: unknown) => void,
): Promise<Ending> {
  const state = (await handled?.begin(reply.id)) ?? 'new';
  if (state !== 'new') return state === 'done' ? 'done' : 'again';
  try {
    await handle(reply);
  } catch (error) {
    // Where this fails too, the lease ends by itself; the handler's own error is the one to know.
    await handled?.release(reply.id).catch(report);
    throw error;
  }
  // It was handled: given back only because that could not be noted, it would be handled twice for certain.
  await handled?.finish(reply.id).catch(report);
  return 'done';
}
