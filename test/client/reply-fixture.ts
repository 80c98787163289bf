// Reply events as the replies queue holds them, and as a Lambda function receives them.
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { parseReply, type ReplyEvent } from '../../lib/client/mailroom.ts';

export const REPLY: ReplyEvent = parseReply({
  body: JSON.stringify({
    version: 1,
    kind: 'reply',
    id: 'support/1',
    mailbox: 'support',
    receivedAt: 5,
    from: { name: 'Ada', address: 'ada@customer.example' },
    to: [],
    cc: [],
    subject: 'Hi',
    text: 'Yes',
    truncated: false,
    attachments: [],
    raw: { bucket: 'b', key: 'k' },
    answers: { messageId: '<m@shop.example>', context: null, sentAt: null, to: [] },
    matchedBy: 'in-reply-to',
    sender: { authenticated: 'unknown', wasRecipient: true, dmarc: 'unknown', spf: 'unknown', dkim: 'unknown' },
    thread: '1',
    handle: '<r@customer.example>',
  }),
});

/** A reply of a thread, by its id. */
export const bodyOf = (id: string, thread: string): string => JSON.stringify({ ...REPLY, id, thread });

/** A record whose message id is that of the reply in it. */
export function recordOf(id: string, thread: string, body: string = bodyOf(id, thread)): SQSRecord {
  return {
    messageId: id,
    receiptHandle: `handle of ${id}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1',
      SenderId: 'poller',
      ApproximateFirstReceiveTimestamp: '1',
      MessageGroupId: thread,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:Replies.fifo',
    awsRegion: 'us-east-1',
  };
}

export const eventOf = (...Records: SQSRecord[]): SQSEvent => ({ Records });
