// Calls a message off before it is sent.

import { keyOf } from '../../lib/core/message-key.ts';
import type { SendOutcome } from '../../lib/core/outcome.ts';
import type { Cancellation } from '../../lib/core/send-event.ts';
import { outcomeOf } from './outcomes.ts';
import type { SendPorts } from './send-ports.ts';

/** @throws MailError REQUEST_MISSING where no such message has been taken up yet */
export async function cancelMail(
  { messages, objects }: Pick<SendPorts, 'messages' | 'objects'>,
  { mailbox, idempotencyKey }: Cancellation,
): Promise<SendOutcome> {
  const { result, body } = await messages.cancel(keyOf(mailbox, idempotencyKey));
  if (body !== undefined && 'object' in body) await objects.remove(body.object);
  if (result.kind === 'settled' && result.outcome.kind === 'cancelled') return result.outcome;
  return outcomeOf(result);
}
