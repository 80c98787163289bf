// Copies of large mails beside the replies of other mailboxes, which must not wait for them.
import { describe, expect, it } from 'vitest';
import { shareMemory } from '../../functions/memory-budget.ts';
import { copyLarge } from '../../functions/poll-replies/copy-large.ts';
import { fetchBatches } from '../../functions/poll-replies/fetch-batches.ts';
import type { Reply } from '../../functions/poll-replies/find-replies.ts';
import { parseMailboxProfile } from '../../lib/core/mailbox.ts';
import type { MailFolder } from '../../lib/core/reading-ports.ts';

const profile = parseMailboxProfile({
  id: 'support',
  address: 'support@shop.example',
  plan: 'workspace',
  protocol: 'imap',
});
const MB = 1024 * 1024;

describe('copies of large mails', () => {
  it('that servers stall keep no reply of another mailbox waiting', async () => {
    const ports = shareMemory(96 * MB);
    const stalled = new AbortController();
    const objects = {
      bucket: 'mail',
      write: never,
      remove: never,
      read: never,
      writeStream: () => until(stalled.signal),
    };
    const routed = { find: async () => undefined, put: async () => undefined };
    const deadline = { remainingMs: () => 30_000, signal: stalled.signal };
    const copies = Array.from({ length: 20 }, (_, uid) =>
      copyLarge({ ...ports, objects, routed }, folder, [{ id: `${uid}`, uid, key: 'k', attachments: [] }], deadline),
    );
    const uids: number[] = [];
    for await (const { reply } of fetchBatches(folder, [replyOf(1, 400_000), replyOf(2, 1_000)], ports.memory)) {
      uids.push(reply.mail.uid);
    }
    expect(uids).toEqual([1, 2]);
    stalled.abort();
    expect((await Promise.all(copies)).reduce((sum, copied) => sum + copied)).toBe(20);
  });
});

const never = async (): Promise<never> => Promise.reject(new Error('not in this test'));

function until(signal: AbortSignal): Promise<void> {
  return signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function replyOf(uid: number, bytes: number): Reply {
  const mail = { uid, bytes, receivedAt: 0, labels: [], headers: {} };
  const rest = { isSpam: false, isByHand: false, mayBounce: false, match: undefined, routing: undefined };
  return { id: `support/${uid}`, otherId: undefined, profile, mail, ...rest };
}

const folder: MailFolder = {
  kind: 'main',
  list: never,
  listSince: never,
  isNew: () => true,
  positionAfter: () => ({}),
  fetch: async (uids) => new Map(uids.map((uid) => [uid, new Uint8Array(1)])),
  outline: never,
  async *stream() {},
  async *streamPart() {},
  messageIdsOf: never,
};
