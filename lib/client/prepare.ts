// Validates a request where it is made, and hands it over through the bucket where it is too big to travel itself.
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Message, parseSendRequest, type SendRequest } from '../core/message.ts';
import { keyOf, type MessageKey, requestHash } from '../core/message-key.ts';

/** A queue message may hold 1 MiB and an invocation 6 MB; well below, so that both can carry the same. */
const MAX_INLINE_BYTES = 256 * 1024;

export interface PreparedRequest {
  readonly message: Message;
  readonly key: MessageKey;
  readonly hash: string;
  /** What travels: the request, or a reference to it. */
  readonly json: string;
}

/** @throws MailError REQUEST_INVALID, MESSAGE_TOO_LARGE */
export async function prepare(request: SendRequest, s3: S3Client, bucket: string): Promise<PreparedRequest> {
  const message = parseSendRequest(request);
  const key = keyOf(message.mailbox, message.idempotencyKey);
  const hash = requestHash(message);
  const json = JSON.stringify(request);
  if (Buffer.byteLength(json) <= MAX_INLINE_BYTES) return { message, key, hash, json };
  // Named by its content: a retry writes the same object again.
  const requestObject = `requests/${key}/${hash}.json`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: requestObject, Body: json }));
  const { version, mailbox, idempotencyKey } = message;
  return { message, key, hash, json: JSON.stringify({ version, mailbox, idempotencyKey, requestObject }) };
}
