// Puts one reply where it belongs. Order of work: the raw mail, the replies queue, what a bounce means, Routed. The raw mail
// of a large one is copied later (copy-large.ts): its text is known long before all of it has been copied.

import type { AnswerGovernor } from '../../lib/core/automatic-answers.ts';
import { MailError } from '../../lib/core/errors.ts';
import type { MailContent, OutlinedAttachment } from '../../lib/core/mail-content.ts';
import { sha256 } from '../../lib/core/message-key.ts';
import type { ObjectStore } from '../../lib/core/ports.ts';
import type { FindSent, MailFolder, RepliesQueue, RoutedReplies, Routing } from '../../lib/core/reading-ports.ts';
import type { ReplyEvent } from '../../lib/core/reply.ts';
import { composeEvent, type FoundReply, type KnownOfReply, MAX_LISTED, threadOf } from './compose-event.ts';
import type { Fetched } from './fetch-batches.ts';
import { findForgotten, type Match, type Reply } from './find-replies.ts';
import { type BouncePorts, noteBounce } from './note-bounce.ts';

export interface RoutePorts extends BouncePorts {
  readonly findSent: FindSent;
  readonly routed: RoutedReplies;
  readonly replies: RepliesQueue;
  readonly objects: ObjectStore;
  readonly governor: Pick<AnswerGovernor, 'stoppedUntil'>;
  /** @throws MailError REPLY_UNREADABLE */
  readonly readMail: (mail: Uint8Array) => Promise<MailContent>;
}

/** A large mail that is to be copied to the bucket. */
export interface PendingCopy {
  readonly id: string;
  readonly uid: number;
  readonly key: string;
  readonly attachments: readonly OutlinedAttachment[];
}

/** `pending`: its event has left, and all of it is to be copied yet. */
export type RouteEnd =
  | { readonly kind: 'routed' | 'unrelated' | 'expunged' }
  | { readonly kind: 'pending'; readonly isRouted: boolean; readonly copy: PendingCopy };

export async function routeReply(ports: RoutePorts, folder: MailFolder, fetched: Fetched): Promise<RouteEnd> {
  const { reply, bytes } = fetched;
  const raw = { bucket: ports.objects.bucket, key: rawKeyOf(reply) };
  if (bytes === undefined) return routeLarge(ports, folder, reply, raw);
  const read = await readSafely(() => ports.readMail(bytes));
  const match = await matchOf(ports, reply, read);
  if (match === undefined) return dropUnrelated(ports, reply);
  await ports.objects.write(raw.key, bytes);
  if (read instanceof MailError) {
    await putUnreadable(ports, reply, raw, read);
  } else {
    const keys = await writeAttachments(ports, raw.key, read);
    await putEvent(ports, { ...reply, match, raw }, read, keys);
  }
  await noteRouted(ports, reply, 'done');
  return { kind: 'routed' };
}

async function routeLarge(
  ports: RoutePorts,
  folder: MailFolder,
  reply: Reply,
  raw: ReplyEvent['raw'],
): Promise<RouteEnd> {
  const outline = await folder.outline(reply.mail.uid);
  if (outline === undefined) return { kind: 'expunged' };
  const { mail, attachments, isCut } = outline;
  const kept = attachments.slice(0, MAX_LISTED);
  const copy = { id: reply.id, uid: reply.mail.uid, key: raw.key, attachments: kept };
  if (reply.routing === 'copying') return { kind: 'pending', isRouted: false, copy };
  const read = await readSafely(async () => ({ ...(await ports.readMail(mail)), attachments: kept, isCut }));
  const match = await matchOf(ports, reply, read);
  if (match === undefined) return dropUnrelated(ports, reply);
  const pending = { ...raw, pending: true };
  if (read instanceof MailError) await putUnreadable(ports, reply, pending, read);
  else await putEvent(ports, { ...reply, match, raw: pending }, read, keysOfParts(raw.key, kept));
  await noteRouted(ports, reply, 'copying');
  return { kind: 'pending', isRouted: true, copy };
}

/**
 * The other name first: who dies in between has the event put again under the same id, which is dropped as a repeat. The other
 * way round the mailbox, read by POP3 one day, would put it under another.
 */
async function noteRouted({ routed }: RoutePorts, { id, otherId }: Reply, routing: Routing): Promise<void> {
  if (otherId !== undefined) await routed.put(otherId, 'under-its-own');
  await routed.put(id, routing);
}

function rawKeyOf({ id, profile }: Reply): string {
  return `raw/${profile.id}/${sha256(id)}.eml`;
}

export function attachmentKey(rawKey: string, index: number): string {
  return rawKey.replace(/\.eml$/, `/${index + 1}`);
}

/** What has no part of its own is in the raw mail only. */
function keysOfParts(rawKey: string, attachments: readonly OutlinedAttachment[]): (string | undefined)[] {
  return attachments.map(({ part }, index) => (part === undefined ? undefined : attachmentKey(rawKey, index)));
}

async function readSafely(read: () => Promise<MailContent>): Promise<MailContent | MailError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MailError && error.code === 'REPLY_UNREADABLE') return error;
    throw error;
  }
}

/** The mail that a bounce gives back says more than its thread does. */
async function matchOf(ports: RoutePorts, reply: Reply, read: MailContent | MailError): Promise<Match | undefined> {
  const { match, profile } = reply;
  if (!reply.mayBounce || read instanceof MailError || (match !== undefined && match.matchedBy !== 'thread'))
    return match;
  const { messageIds = [] } = read.deliveryStatus ?? {};
  for (const messageId of messageIds) {
    const sent = await ports.findSent(messageId);
    if (sent?.mailbox === profile.id) return { sent, matchedBy: 'delivery-status' };
  }
  if (match !== undefined) return match;
  for (const messageId of messageIds) {
    const sent = await findForgotten(ports.findSent, profile, messageId);
    if (sent !== undefined) return { sent, matchedBy: 'delivery-status' };
  }
  return undefined;
}

/** Remembered, so that it is not fetched by each poll of the next quarter of an hour. */
async function dropUnrelated({ routed }: RoutePorts, { id }: Reply): Promise<RouteEnd> {
  await routed.put(id, 'unrelated');
  return { kind: 'unrelated' };
}

async function writeAttachments(ports: RoutePorts, rawKey: string, read: MailContent): Promise<string[]> {
  const kept = read.attachments.slice(0, MAX_LISTED);
  const keys = kept.map((_, index) => attachmentKey(rawKey, index));
  for (const [index, { content }] of kept.entries()) {
    await ports.objects.write(attachmentKey(rawKey, index), content ?? new Uint8Array());
  }
  return keys;
}

async function putEvent(
  ports: RoutePorts,
  found: FoundReply,
  read: MailContent,
  keys: KnownOfReply['attachmentKeys'],
): Promise<void> {
  const stoppedUntil = await ports.governor.stoppedUntil(found.profile.id, threadOf(found));
  const event = composeEvent(found, read, { attachmentKeys: keys, stoppedUntil });
  await ports.replies.put(event);
  await noteBounce(ports, found, event);
}

async function putUnreadable({ replies }: RoutePorts, reply: Reply, raw: ReplyEvent['raw'], error: MailError) {
  await replies.putUnreadable({ id: reply.id, mailbox: reply.profile.id, raw, reason: error.message });
}
