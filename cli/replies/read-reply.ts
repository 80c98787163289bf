// One raw mail as a reply: what it says, and which message it answers.

import { readStory } from '../../lib/aws/message-story.ts';
import { type RawMail, readRawMail } from '../../lib/aws/raw-mails.ts';
import { createFindSent } from '../../lib/aws/sent-messages.ts';
import { sameAddress } from '../../lib/core/address.ts';
import { MailError } from '../../lib/core/errors.ts';
import { parseHeaders } from '../../lib/core/header-block.ts';
import type { MailContent } from '../../lib/core/mail-content.ts';
import { candidatesOf } from '../../lib/core/matching.ts';
import type { SentMessage } from '../../lib/core/reading-ports.ts';
import type { ReplyEvent } from '../../lib/core/reply.ts';
import { readMail } from '../../lib/mime/mail-content.ts';
import type { Deployment } from '../deployment.ts';

interface Answered {
  readonly messageId: string;
  readonly idempotencyKey: string | null;
  readonly context: unknown;
  readonly sentAt: number | null;
}

export interface ShownReply {
  readonly mailbox: string;
  readonly storedAt: number;
  /** `unreadable`: it could not be parsed. */
  readonly kind: ReplyEvent['kind'] | 'unreadable';
  readonly from: ReplyEvent['from'];
  readonly subject: string;
  readonly text: string;
  readonly attachments: number;
  readonly answers: Answered | null;
  readonly raw: ReplyEvent['raw'];
  readonly truncated: boolean;
}

/** @param own the mailbox's address  @returns undefined where the mail is gone meanwhile */
export async function readReply(
  deployment: Deployment,
  mail: RawMail,
  own: string | undefined,
): Promise<ShownReply | undefined> {
  const { s3, outputs } = deployment;
  const raw = await readRawMail(s3, outputs.MailBucket, mail);
  if (raw === undefined) return undefined;
  const { mailbox, storedAt, key } = mail;
  const known = { mailbox, storedAt, raw: { bucket: outputs.MailBucket, key }, truncated: raw.isCut };
  const content = await readSafely(raw.bytes);
  if (content === undefined) {
    return { ...known, kind: 'unreadable', from: null, subject: '', text: '', attachments: 0, answers: null };
  }
  const { from, subject, newText: text, attachments } = content;
  const isByHand = own !== undefined && from !== null && sameAddress(from.address, own);
  const answers = await findAnswered(deployment, mailbox, await namedIn(raw.bytes, content));
  const kind = isByHand ? 'answered-by-hand' : content.kind;
  return { ...known, kind, from, subject, text, attachments: attachments.length, answers };
}

async function readSafely(bytes: Uint8Array): Promise<MailContent | undefined> {
  try {
    return await readMail(bytes);
  } catch (error) {
    if (error instanceof MailError && error.code === 'REPLY_UNREADABLE') return undefined;
    throw error;
  }
}

/** As polls match it: by its headers, and a bounce by what it gives back. */
async function namedIn(bytes: Uint8Array, { deliveryStatus }: MailContent): Promise<readonly string[]> {
  const candidates = candidatesOf(await parseHeaders(bytes));
  return [...candidates.map(({ messageId }) => messageId), ...(deliveryStatus?.messageIds ?? [])];
}

async function findAnswered(
  { db, outputs }: Deployment,
  mailbox: string,
  messageIds: readonly string[],
): Promise<Answered | null> {
  const findSent = createFindSent(db, outputs.MessagesTable);
  for (const messageId of messageIds) {
    const sent = await findSent(messageId);
    if (sent?.mailbox !== mailbox) continue;
    return { messageId, idempotencyKey: await keyOf(sent), context: sent.context, sentAt: sent.sentAt };
  }
  return null;

  async function keyOf({ key }: SentMessage): Promise<string | null> {
    const story = key === undefined ? undefined : await readStory(db, outputs.MessagesTable, key);
    return story?.idempotencyKey ?? null;
  }
}
