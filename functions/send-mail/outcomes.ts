// How a message ended or why it waits, as its sender learns it.
import { dispositionOf, type ErrorCode } from '../../lib/core/errors.ts';
import type { FinalOutcome, SendOutcome } from '../../lib/core/outcome.ts';
import type { Claim, ClaimResult, Transmission } from '../../lib/core/sending-ports.ts';
import type { EpochMs } from '../../lib/core/time.ts';

export function accepted(claim: Claim, transmission: Transmission & { kind: 'accepted' }, now: EpochMs): FinalOutcome {
  const { response, rejected } = transmission;
  const again = claim.isSentAgain ? ({ settledBy: 'sent-again' } as const) : {};
  const sent = { messageId: claim.messageId, response, sentAt: now, ...again };
  return rejected.length === 0 ? { kind: 'sent', ...sent } : { kind: 'partial', ...sent, rejected: [...rejected] };
}

export function failed(messageId: string, code: ErrorCode, response: string | undefined): FinalOutcome {
  return { kind: 'failed', messageId, code, ...(response !== undefined && { response }) };
}

export function outcomeOf(result: Exclude<ClaimResult, { kind: 'claimed' }>): SendOutcome {
  switch (result.kind) {
    case 'settled':
      return { kind: 'replayed', messageId: result.outcome.messageId, saved: result.outcome };
    case 'unknown':
    case 'scheduled':
      return result;
    case 'busy': {
      const { messageId, dueAt, code } = result;
      return code === undefined ? { kind: 'queued', messageId, dueAt } : waiting(messageId, dueAt, code);
    }
  }
}

export function waiting(messageId: string, dueAt: EpochMs, code: ErrorCode): SendOutcome {
  const isHeld = dispositionOf(code) === 'wait-for-mailbox';
  return isHeld ? { kind: 'held', messageId, dueAt, code } : { kind: 'queued', messageId, dueAt, code };
}
