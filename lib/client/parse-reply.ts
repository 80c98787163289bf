// A record of the replies queue as a ReplyEvent, whichever way it was received.
import { MailError } from '../core/errors.ts';
import { parseReplyEvent, type ReplyEvent } from '../core/reply.ts';

/** A record of a Lambda event (`body`), or a message of the SDK's ReceiveMessage (`Body`). */
export type ReplyRecord = { readonly body: string } | { readonly Body?: string | undefined };

/** @throws MailError EVENT_INVALID naming the field that this version does not understand */
export function parseReply(record: ReplyRecord): ReplyEvent {
  const json = 'body' in record ? record.body : record.Body;
  if (json !== undefined) return parseReplyEvent(json);
  throw new MailError('EVENT_INVALID', 'reply event: the record has no body', { details: { field: 'body' } });
}
