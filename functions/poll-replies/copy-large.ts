// Copies large mails to the bucket, piece by piece: the mail as it came, and each of its attachments.
import type { MailFolder } from '../../lib/core/reading-ports.ts';
import type { Deadline } from '../../lib/core/time.ts';
import { attachmentKeys, type PendingCopy, type RoutePorts } from './route-reply.ts';

/** A copy that has less time is left to the next poll. */
const COPY_MS = 5_000;

/**
 * After everything else, because a copy may take all the time that is left. What is not copied stays `copying` in Routed:
 * the polls of the next quarter of an hour and the nightly audit go on with it. Answers how many were copied.
 */
export async function copyLarge(
  { objects, routed }: RoutePorts,
  folder: MailFolder,
  copies: readonly PendingCopy[],
  deadline: Deadline,
): Promise<number> {
  let copied = 0;
  for (const { id, uid, key, attachments } of copies) {
    if (deadline.remainingMs() < COPY_MS) break;
    await objects.writeStream(key, folder.stream(uid));
    const keys = attachmentKeys(key, attachments);
    for (const [index, { part }] of attachments.entries()) {
      await objects.writeStream(keys[index] ?? '', folder.streamPart(uid, part));
    }
    await routed.put(id, 'done');
    copied += 1;
  }
  return copied;
}
