// Copies large mails to the bucket, piece by piece: the mail as it came, and each of its attachments.
import type { ObjectStore } from '../../lib/core/ports.ts';
import type { MailFolder } from '../../lib/core/reading-ports.ts';
import type { Deadline } from '../../lib/core/time.ts';
import type { MemoryBudget } from '../memory-budget.ts';
import { attachmentKey, type PendingCopy, type RoutePorts } from './route-reply.ts';

/** A part of a multipart upload, and the pieces of the mail that come and go meanwhile. */
const COPY_BYTES = 16 * 1024 * 1024;

export interface CopyMemoryPort {
  /** Shared by all mailboxes of a run, and by their copies only. */
  readonly copyMemory: MemoryBudget;
}

/** A copy that has less time is left to the next poll. */
const COPY_MS = 5_000;

/**
 * After everything else, because a copy may take all the time that is left. What is not copied stays `copying` in Routed:
 * the polls of the next quarter of an hour and the daily audit go on with it. Answers how many were copied.
 */
export async function copyLarge(
  { objects, routed, copyMemory }: Pick<RoutePorts, 'objects' | 'routed'> & CopyMemoryPort,
  folder: MailFolder,
  copies: readonly PendingCopy[],
  deadline: Deadline,
): Promise<number> {
  let copied = 0;
  for (const copy of copies) {
    const giveBack = await copyMemory.take(COPY_BYTES);
    try {
      if (deadline.remainingMs() < COPY_MS) break;
      await copyOne(objects, folder, copy);
      await routed.put(copy.id, 'done');
      copied += 1;
    } finally {
      giveBack();
    }
  }
  return copied;
}

async function copyOne(
  objects: ObjectStore,
  folder: MailFolder,
  { uid, key, attachments }: PendingCopy,
): Promise<void> {
  await objects.writeStream(key, folder.stream(uid));
  for (const [index, { part }] of attachments.entries()) {
    if (part !== undefined) await objects.writeStream(attachmentKey(key, index), folder.streamPart(uid, part));
  }
}
