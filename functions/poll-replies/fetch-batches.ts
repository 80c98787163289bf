// Fetches what a poll wants to read, many small mails at a time: each FETCH is a round trip.
import type { MailFolder } from '../../lib/core/reading-ports.ts';
import type { MemoryBudget } from '../memory-budget.ts';
import type { Reply } from './find-replies.ts';

/** Larger ones are read by their parts. */
const SMALL_BYTES = 512 * 1024;
/** Held in memory at a time, for each mailbox. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** The texts of a large mail. */
const OUTLINE_BYTES = 256 * 1024;
/** As it came, taken apart, and as an event. */
const HELD_TIMES = 3;

/** A reply, and the mail as it came where it is small. */
export interface Fetched {
  readonly reply: Reply;
  readonly bytes: Uint8Array | undefined;
}

/** Mails that were expunged since are left out. */
export async function* fetchBatches(
  folder: MailFolder,
  replies: readonly Reply[],
  memory: MemoryBudget,
): AsyncGenerator<Fetched> {
  for (const batch of batchesOf(replies)) {
    const giveBack = await memory.take(batch.reduce((sum, reply) => sum + bytesHeld(reply), 0) * HELD_TIMES);
    try {
      const small = batch.filter(isSmall).map(({ mail }) => mail.uid);
      const mails = small.length === 0 ? undefined : await folder.fetch(small);
      for (const reply of batch) {
        const bytes = mails?.get(reply.mail.uid);
        if (bytes !== undefined || !isSmall(reply)) yield { reply, bytes };
      }
    } finally {
      giveBack();
    }
  }
}

function batchesOf(replies: readonly Reply[]): Reply[][] {
  const batches: Reply[][] = [[]];
  let bytes = 0;
  for (const reply of replies) {
    const size = bytesHeld(reply);
    if (bytes + size > BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    bytes += size;
    batches.at(-1)?.push(reply);
  }
  return batches;
}

function bytesHeld(reply: Reply): number {
  return isSmall(reply) ? reply.mail.bytes : OUTLINE_BYTES;
}

function isSmall({ mail }: Reply): boolean {
  return mail.bytes <= SMALL_BYTES;
}
