// An automatic answer to a thread that has had enough of them is not sent: else two programs would answer each other for ever.
import { type Message, threadOf } from '../../lib/core/message.ts';
import type { FinalOutcome } from '../../lib/core/outcome.ts';
import type { Claim } from '../../lib/core/sending-ports.ts';
import type { SendPorts } from './send-ports.ts';

/** Undefined where the message may go. */
export async function suppressLoop(
  { governor }: Pick<SendPorts, 'governor'>,
  { key, messageId, isSentAgain }: Claim,
  message: Message,
): Promise<FinalOutcome | undefined> {
  // One that may have been sent before must not be called unsent.
  const thread = message.automatic && !isSentAgain ? threadOf(message) : undefined;
  if (thread === undefined) return undefined;
  const until = await governor.admit(message.mailbox, thread, key);
  return until === undefined ? undefined : { kind: 'suppressed', messageId, code: 'ANSWERS_STOPPED', until };
}
