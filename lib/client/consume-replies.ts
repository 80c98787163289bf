// A Lambda function on the replies queue: each record handled for itself, those that failed received again.
import * as v from 'valibot';
import { parse } from '../core/parse.ts';
import { createRecordHandler, type HandleReply, type HandlingOptions, handleInOrder } from './handle-replies.ts';

/** As `SQSBatchResponse` of @types/aws-lambda. */
export interface RepliesBatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const EventSchema = v.object({
  Records: v.array(
    v.object({
      messageId: v.string(),
      body: v.string(),
      attributes: v.optional(v.object({ MessageGroupId: v.optional(v.string()) }), {}),
    }),
  ),
});

/**
 * What a Lambda function on the replies queue exports; its event source mapping needs `ReportBatchItemFailures`.
 *
 * Replies of one thread are handled in their order, threads side by side. Where `handle` throws, the reply and those after
 * it in its thread are received again; all others are acknowledged. A record that is no reply event of this version fails
 * alone. What fails five times is on the dead-letter queue.
 *
 * With `handled` a reply is handled once, but for a process that dies between doing the work and noting it: after its
 * lease another does it again. Without it, at least once.
 * @throws MailError EVENT_INVALID where the function was invoked with something other than an event of SQS
 */
export function consumeReplies(
  handle: HandleReply,
  options: HandlingOptions = {},
): (event: unknown, context?: unknown) => Promise<RepliesBatchResponse> {
  const handleRecord = createRecordHandler(handle, options);
  return async (event) => {
    const { Records } = parse(EventSchema, event, 'EVENT_INVALID', 'event of the replies queue');
    const threads = Map.groupBy(Records, ({ messageId, attributes }) => attributes.MessageGroupId ?? messageId);
    const failed = await Promise.all(
      [...threads.values()].map((thread) => handleInOrder(thread, (record) => handleRecord(record, record.messageId))),
    );
    return { batchItemFailures: failed.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
