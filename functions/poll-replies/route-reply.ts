// Puts one reply where it belongs. Order of work: the raw mail, the replies queue, Routed; of a large mail the queue comes
// first, because its text is known long before all of it has been copied.
import { MailError } from '../../lib/core/errors.ts';
import { sha256 } from '../../lib/core/message-key.ts';
import type { ObjectStore } from '../../lib/core/ports.ts';
import type { MailContent, MailSession, RepliesQueue, RoutedReplies } from '../../lib/core/reading-ports.ts';
import { composeEvent } from './compose-event.ts';
import type { Reply } from './find-replies.ts';

export interface RoutePorts {
  readonly routed: RoutedReplies;
  readonly replies: RepliesQueue;
  readonly objects: ObjectStore;
  /** @throws MailError REPLY_UNREADABLE */
  readonly readMail: (mail: Uint8Array) => Promise<MailContent>;
}

/** What one mail may take, so that a poll ends between two mails and not within one. */
export const MAIL_MS = 5_000;
/** Larger ones are read by their parts. */
const SMALL_BYTES = 512 * 1024;
/** Held in memory at a time, for each mailbox. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** A reply, and the mail as it came where it is small. */
interface Fetched {
  readonly reply: Reply;
  readonly bytes: Uint8Array | undefined;
}

/** Fetches small mails many at a time: each FETCH is a round trip. Mails that were expunged since are left out. */
export async function* fetchBatches(session: MailSession, replies: readonly Reply[]): AsyncGenerator<Fetched> {
  for (const batch of batchesOf(replies)) {
    const small = batch.filter(isSmall).map(({ mail }) => mail.uid);
    const mails = small.length === 0 ? undefined : await session.fetch(small);
    for (const reply of batch) {
      const bytes = mails?.get(reply.mail.uid);
      if (bytes !== undefined || !isSmall(reply)) yield { reply, bytes };
    }
  }
}

function batchesOf(replies: readonly Reply[]): Reply[][] {
  const batches: Reply[][] = [[]];
  let bytes = 0;
  for (const reply of replies) {
    const size = isSmall(reply) ? reply.mail.bytes : 0;
    if (bytes + size > BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    bytes += size;
    batches.at(-1)?.push(reply);
  }
  return batches;
}

function isSmall({ mail }: Reply): boolean {
  return mail.bytes <= SMALL_BYTES;
}

/** Answers whether it was put on the replies queue. */
export async function routeReply(
  ports: RoutePorts,
  session: MailSession,
  reply: Reply,
  bytes: Uint8Array | undefined,
): Promise<boolean> {
  const raw = { bucket: ports.objects.bucket, key: `raw/${reply.profile.id}/${sha256(reply.id)}.eml` };
  if (bytes !== undefined) {
    await ports.objects.write(raw.key, bytes);
    await putOnQueue(ports, { ...reply, raw }, () => ports.readMail(bytes));
  } else {
    const outline = await session.outline(reply.mail.uid);
    if (outline === undefined) return false;
    const { mail, ...rest } = outline;
    const read = async () => ({ ...(await ports.readMail(mail)), ...rest });
    await putOnQueue(ports, { ...reply, raw: { ...raw, pending: true } }, read);
    await ports.objects.writeStream(raw.key, session.stream(reply.mail.uid));
  }
  await ports.routed.add(reply.id);
  return true;
}

type Found = Parameters<typeof composeEvent>[0];

async function putOnQueue({ replies }: RoutePorts, found: Found, read: () => Promise<MailContent>): Promise<void> {
  try {
    await replies.put(composeEvent(found, await read()));
  } catch (error) {
    if (!(error instanceof MailError) || error.code !== 'REPLY_UNREADABLE') throw error;
    const { id, profile, raw } = found;
    await replies.putUnreadable({ id, mailbox: profile.id, raw, reason: error.message });
  }
}
