// Settles a message that may or may not have been sent, when the copy that Gmail files of it was seen.
import type { ObjectStore } from '../lib/core/ports.ts';
import type { UncertainMessage, UncertainMessages } from '../lib/core/sending-ports.ts';
import type { EpochMs } from '../lib/core/time.ts';

export interface SettlePorts {
  readonly uncertain: UncertainMessages;
  readonly objects: Pick<ObjectStore, 'remove'>;
}

/** Answers false where someone else has settled it. */
export async function settleSent(
  { uncertain, objects }: SettlePorts,
  message: UncertainMessage,
  sentAt: EpochMs,
  settledBy: 'own-copy' | 'search',
): Promise<boolean> {
  const { messageId, object } = message;
  const isSettled = await uncertain.settle(message, { kind: 'sent', messageId, sentAt, settledBy });
  if (isSettled && object !== undefined) await objects.remove(object);
  return isSettled;
}
