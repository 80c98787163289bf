// An answer to a reply: to whom, under which subject, and in which thread.
import { MailError } from '../core/errors.ts';
import type { SendRequest } from '../core/message.ts';
import { sha256 } from '../core/message-key.ts';
import type { ReplyEvent } from '../core/reply.ts';

/** What is said; the rest follows from the reply. */
export type Answer = Pick<
  SendRequest,
  'text' | 'html' | 'attachments' | 'cc' | 'bcc' | 'context' | 'headers' | 'from'
> & {
  /** Default: the reply's subject after `Re: `. */
  readonly subject?: string;
  readonly idempotencyKey?: string;
};

export type AnsweringMail = Omit<SendRequest, 'version' | 'mailbox' | 'idempotencyKey'> & { idempotencyKey: string };

/** @throws MailError REQUEST_INVALID when the reply has no From address to answer to */
export function composeAnswer(reply: ReplyEvent, answer: Answer): AnsweringMail {
  if (reply.from === null) {
    throw new MailError('REQUEST_INVALID', 'answer: to: the reply has no From address', { details: { field: 'to' } });
  }
  return {
    ...answer,
    to: reply.from.address,
    subject: answer.subject ?? subjectOf(reply),
    inReplyTo: reply.handle,
    // The same for each delivery of the event, so that one reply gets one answer.
    idempotencyKey: answer.idempotencyKey ?? `answer-${sha256(reply.id)}`,
  };
}

/** Gmail keeps a thread together only where the subject stays the same but for its prefix. */
function subjectOf({ subject }: ReplyEvent): string {
  const oneLine = subject
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .toWellFormed()
    .trim();
  return /^re:/i.test(oneLine) ? oneLine : `Re: ${oneLine}`;
}
