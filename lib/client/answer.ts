// An answer to a reply: to whom, under which subject, and in which thread.
import * as v from 'valibot';
import { EmailAddressSchema } from '../core/address.ts';
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
  /**
   * True where no person reads the answer before it leaves. It then says so in its header, and is refused where the reply
   * was written by a program too: the two would answer each other for ever.
   */
  readonly automatic?: boolean;
};

export type AnsweringMail = Omit<SendRequest, 'version' | 'mailbox' | 'idempotencyKey'> & { idempotencyKey: string };

/**
 * @throws MailError ANSWER_REFUSED for an automatic answer to what no person wrote to us; REQUEST_INVALID when the reply
 * has neither a Reply-To nor a From address to answer to
 */
export function composeAnswer(reply: ReplyEvent, answer: Answer): AnsweringMail {
  if (answer.automatic === true) refuseLoops(reply);
  return {
    ...answer,
    to: recipientsOf(reply),
    subject: answer.subject ?? subjectOf(reply),
    inReplyTo: reply.handle,
    // The same for each delivery of the event, so that one reply gets one answer.
    idempotencyKey: answer.idempotencyKey ?? `answer-${sha256(reply.id)}`,
  };
}

/** RFC 3834 section 2: no automatic answer to an automatic mail, nor to what came back. */
const NO_AUTOMATIC_ANSWER = {
  'auto-reply': 'was written by a program: two programs would answer each other for ever',
  bounce: 'is a delivery report: whoever reads the answer is no person',
  'answered-by-hand': 'is what a colleague has answered already: an answer would go to the mailbox itself',
} as const;

function refuseLoops({ kind }: ReplyEvent): void {
  if (kind === 'reply') return;
  throw new MailError(
    'ANSWER_REFUSED',
    `answer: this ${kind} ${NO_AUTOMATIC_ANSWER[kind]}; answer automatically only to the kind 'reply'`,
    { details: { kind } },
  );
}

/**
 * RFC 5322 section 3.6.2: Reply-To, where there is one. What is no address in it is left out. Who answers a mail of the own
 * mailbox means those whom it went to, as in every mail client.
 */
function recipientsOf({ kind, from, to, replyTo = [] }: ReplyEvent): string[] {
  if (kind === 'answered-by-hand') return to.map(({ address }) => address);
  const wanted = replyTo.map(({ address }) => address).filter((address) => v.is(EmailAddressSchema, address));
  if (wanted.length > 0) return wanted;
  if (from !== null) return [from.address];
  throw new MailError('REQUEST_INVALID', 'answer: to: the reply has no From address', { details: { field: 'to' } });
}

/**
 * "Re:" as mail programs say it: German AW, Nordic SV and VS, Dutch Antw, Italian R and Rif, Polish Odp, Spanish RV,
 * Portuguese RES, Turkish YNT, Chinese 回复, 回覆 and 答复; with a count as in `Re[2]:`, and more than once.
 */
const REPLY_PREFIXES =
  /^(?:(?:re|aw|sv|vs|antw|r|rif|odp|rv|res|ynt|回复|回覆|答复)(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[:：]\s*)+/iu;
/** A longer word fits no header line: a request with it is refused. */
const LONG_WORD = /[^ \t]{900,}/g;

/** Gmail keeps a thread together only where the subject stays the same but for its prefix. */
function subjectOf({ subject }: ReplyEvent): string {
  const oneLine = subject
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .replace(LONG_WORD, (word) => word.slice(0, 890))
    .toWellFormed()
    .trim();
  return `Re: ${oneLine.replace(REPLY_PREFIXES, '')}`;
}
