// Takes the right to send a message, whichever way it came: in the event, in the bucket, or from the Messages table.
import { MailError } from '../../lib/core/errors.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { type Message, parseSendRequest, scheduledFor } from '../../lib/core/message.ts';
import { createMessageId, keyOf, requestHash } from '../../lib/core/message-key.ts';
import { mailboxOf, type RequestReference, type Resumption, type SendEvent } from '../../lib/core/send-event.ts';
import type { ClaimResult, StoredBody } from '../../lib/core/sending-ports.ts';
import type { SendPorts } from './send-ports.ts';

/** A DynamoDB item may hold 400 KB, and costs by the KB: larger requests rest in the bucket. */
const MAX_INLINE_BYTES = 100_000;

export interface ClaimedMessage {
  readonly profile: MailboxProfile;
  readonly result: ClaimResult;
  /** Absent where the request is forgotten: the message was settled, or waited longer than the bucket keeps objects. */
  readonly message?: Message;
  /** Where the request lies in the bucket, if it does: to be removed when the message is settled. */
  readonly object?: string;
}

type ClaimPorts = Pick<SendPorts, 'registry' | 'messages' | 'objects' | 'now' | 'createUuid'>;
type Claimed = Omit<ClaimedMessage, 'profile'>;

/** @throws MailError MAILBOX_UNKNOWN, REQUEST_INVALID, MESSAGE_TOO_LARGE, REQUEST_MISSING, IDEMPOTENCY_MISMATCH */
export async function claimMessage(ports: ClaimPorts, event: SendEvent): Promise<ClaimedMessage> {
  const profile = await ports.registry.find(mailboxOf(event));
  return { profile, ...(await claim(ports, event, profile)) };
}

async function claim(ports: ClaimPorts, event: SendEvent, profile: MailboxProfile): Promise<Claimed> {
  if (event.kind === 'resumption') return resume(ports, event);
  if (event.kind === 'request') {
    return claimFirst(ports, event.message, await storeBody(ports, event.message, event.json), profile);
  }
  const message = await readReferenced(ports, event);
  // A repeat of a request that was settled, and its object removed.
  if (message === undefined) return resume(ports, event);
  return claimFirst(ports, message, { object: event.requestObject }, profile);
}

async function resume(ports: ClaimPorts, event: RequestReference | Resumption): Promise<Claimed> {
  const { result, body } = await ports.messages.resume(keyOf(event.mailbox, event.idempotencyKey));
  if (result.kind !== 'claimed' || body === undefined) return { result };
  if ('json' in body) return { result, message: parseRequestJson(body.json) };
  const message = await readObject(ports, body.object);
  return { result, object: body.object, ...(message !== undefined && { message }) };
}

async function claimFirst(
  ports: ClaimPorts,
  message: Message,
  body: StoredBody,
  profile: MailboxProfile,
): Promise<Claimed> {
  const now = ports.now();
  const scheduled = scheduledFor(message, now);
  const result = await ports.messages.claim({
    key: keyOf(message.mailbox, message.idempotencyKey),
    message,
    requestHash: requestHash(message),
    body,
    messageId: createMessageId(ports.createUuid(), message.from?.address ?? profile.address),
    // A mail is as old as the moment at which it was to be sent.
    date: scheduled ?? now,
    scheduledFor: scheduled,
  });
  return { result, message, ...('object' in body && { object: body.object }) };
}

async function storeBody({ objects }: ClaimPorts, message: Message, json: string): Promise<StoredBody> {
  if (Buffer.byteLength(json) <= MAX_INLINE_BYTES) return { json };
  const object = `requests/${keyOf(message.mailbox, message.idempotencyKey)}/${requestHash(message)}.json`;
  await objects.write(object, json);
  return { object };
}

async function readReferenced(ports: ClaimPorts, reference: RequestReference): Promise<Message | undefined> {
  const message = await readObject(ports, reference.requestObject);
  const isSame = message?.mailbox === reference.mailbox && message.idempotencyKey === reference.idempotencyKey;
  if (message === undefined || isSame) return message;
  throw new MailError('REQUEST_INVALID', 'requestObject: holds a request of another mailbox or idempotency key', {
    details: { field: 'requestObject' },
  });
}

async function readObject({ objects }: ClaimPorts, key: string): Promise<Message | undefined> {
  const json = await objects.read(key);
  return json === undefined ? undefined : parseRequestJson(json);
}

function parseRequestJson(json: string): Message {
  try {
    return parseSendRequest(JSON.parse(json));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new MailError('REQUEST_INVALID', 'requestObject: is not valid JSON', { details: { field: 'requestObject' } });
  }
}
