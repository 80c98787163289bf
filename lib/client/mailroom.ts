// What a service installs to send mail through Mailroom and to consume what people answer.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { MailboxIdSchema } from '../core/mailbox.ts';
import type { SendRequest } from '../core/message.ts';
import type { SendOutcome } from '../core/outcome.ts';
import { parse } from '../core/parse.ts';
import type { ReplyEvent } from '../core/reply.ts';
import { type Answer, composeAnswer } from './answer.ts';
import { type Attachment, attachmentUrl, type DownloadOptions, rawMailUrl } from './download-url.ts';
import { enqueueRequest } from './enqueue.ts';
import { invokeSend } from './invoke.ts';
import { prepare } from './prepare.ts';
import { readRawMail } from './raw-mail.ts';
import { type MessageStatus, readStatus } from './status.ts';

export { type ErrorCode, type ErrorDetails, MailError } from '../core/errors.ts';
export type { SendOutcome } from '../core/outcome.ts';
export type { ReplyEvent } from '../core/reply.ts';
export type { Answer } from './answer.ts';
export { consumeReplies, type RepliesBatchResponse } from './consume-replies.ts';
export type { Attachment, DownloadOptions } from './download-url.ts';
export type { HandledReplies, HandleReply, HandlingOptions, ReportFailure } from './handle-replies.ts';
export { createHandledReplies, type HandledRepliesOptions } from './handled-replies.ts';
export { parseReply } from './parse-reply.ts';
export { type ReceiveOptions, receiveReplies } from './receive-replies.ts';
export type { MessageStatus } from './status.ts';

/** Where a deployed Mailroom is: the outputs of its stack. */
export interface MailroomOptions {
  /** The mailbox that mail is sent from, such as `support`. */
  readonly mailbox: string;
  /** Output `SendMailFunction`. */
  readonly sendFunction: string;
  /** Output `OutboxUrl`. */
  readonly outboxUrl: string;
  /** Output `MailBucket`: requests too big for a queue or an invocation pass through it. */
  readonly bucket: string;
  /** Output `MessagesTable`. */
  readonly messagesTable: string;
}

/** A mail to send. Without an `idempotencyKey` of yours one is minted before the first call. */
export type Mail = Omit<SendRequest, 'version' | 'mailbox' | 'idempotencyKey'> & { idempotencyKey?: string };

export interface Enqueued {
  readonly idempotencyKey: string;
}

export interface Mailroom {
  /**
   * Sends now, and answers how it ended. Calling again with the same `idempotencyKey` and the same mail never sends twice.
   * @throws MailError REQUEST_INVALID and others; SEND_INTERRUPTED when no answer came: call again with
   * `details.idempotencyKey`
   */
  send(mail: Mail): Promise<SendOutcome & Enqueued>;
  /** Puts the mail on the outbox; `status` tells how it ended. @throws MailError REQUEST_INVALID, MESSAGE_TOO_LARGE */
  enqueue(mail: Mail): Promise<Enqueued>;
  /**
   * Calls a message off: `cancelled` where it waited, or how far it is already. Repeating it is safe.
   * @throws MailError REQUEST_MISSING where it was put on the outbox and is not taken up yet: cancel again
   */
  cancel(idempotencyKey: string): Promise<SendOutcome>;
  /** How far a message of this mailbox is; undefined before anyone has taken it up. */
  status(idempotencyKey: string): Promise<MessageStatus | undefined>;
  /**
   * Answers a reply in its thread, from the mailbox that received it, through the outbox: to its Reply-To, else to its
   * sender; to whom a colleague wrote, where it follows what was answered by hand. One reply is answered once, however often its event is delivered with the same answer; give an
   * `idempotencyKey` of your own to answer again.
   * @throws MailError ANSWER_REFUSED for an `automatic` answer to an automatic reply or a bounce
   */
  answer(reply: ReplyEvent, answer: Answer): Promise<Enqueued>;
  /**
   * The mail behind a reply as it came, attachments included; waits for one that is still being stored (`raw.pending`).
   * @throws MailError RAW_MISSING
   */
  rawMail(reply: Pick<ReplyEvent, 'raw'>): Promise<Uint8Array>;
  /**
   * A URL by which whoever has it downloads the mail behind a reply, without credentials of their own. It makes a browser
   * save the mail, never show it. Waits for one that is still being stored. @throws MailError RAW_MISSING
   */
  rawMailUrl(reply: Pick<ReplyEvent, 'raw'>, options?: DownloadOptions): Promise<string>;
  /** As `rawMailUrl`, of an attachment that has a `key`. @throws MailError REQUEST_INVALID where it has none */
  attachmentUrl(attachment: Attachment, options?: DownloadOptions): Promise<string>;
}

/** Region and credentials are found as every AWS SDK finds them. */
export function createMailroom(options: MailroomOptions): Mailroom {
  const { bucket } = options;
  const mailbox = parse(MailboxIdSchema, options.mailbox, 'REQUEST_INVALID', 'mailbox of the client');
  const lambda = new LambdaClient({});
  const sqs = new SQSClient({});
  const s3 = new S3Client({});
  const db = new DynamoDBClient({});

  const enqueue = async (request: SendRequest): Promise<Enqueued> => {
    const prepared = await prepare(request, s3, bucket);
    await enqueueRequest(prepared, sqs, options.outboxUrl);
    return { idempotencyKey: request.idempotencyKey };
  };

  return {
    async send(mail) {
      const request = complete(mailbox, mail);
      const { json } = await prepare(request, s3, bucket);
      const outcome = await invokeSend(request.idempotencyKey, json, lambda, options.sendFunction);
      return { ...outcome, idempotencyKey: request.idempotencyKey };
    },
    enqueue: (mail) => enqueue(complete(mailbox, mail)),
    cancel: (idempotencyKey) => {
      const cancellation = { version: 1, mailbox, idempotencyKey, cancel: true };
      return invokeSend(idempotencyKey, JSON.stringify(cancellation), lambda, options.sendFunction);
    },
    status: (idempotencyKey) => readStatus(db, options.messagesTable, mailbox, idempotencyKey),
    answer: async (reply, answer) => enqueue(complete(reply.mailbox, composeAnswer(reply, answer))),
    rawMail: (reply) => readRawMail(s3, reply),
    rawMailUrl: (reply, options) => rawMailUrl(s3, reply, options),
    attachmentUrl: (attachment, options) => attachmentUrl(s3, bucket, attachment, options),
  };
}

function complete(mailbox: string, mail: Mail): SendRequest {
  return { ...mail, version: 1, mailbox, idempotencyKey: mail.idempotencyKey ?? randomUUID() };
}
