// Sends one message: claim, transmit, settle. Whatever happens on the way, the Messages table says how far it came.
import { type Disposition, dispositionOf, type ErrorCode, MailError } from '../../lib/core/errors.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { type Message, mailboxOf, type SendEvent } from '../../lib/core/message.ts';
import type { FinalOutcome, SendOutcome } from '../../lib/core/outcome.ts';
import type { Claim, ClaimResult, ComposedMail, Transmission } from '../../lib/core/sending-ports.ts';
import { after, backoffMs, type Clock } from '../../lib/core/time.ts';
import { compose } from '../../lib/smtp/compose.ts';
import { type ClaimedMessage, claimMessage } from './claim-message.ts';
import type { Lane } from './lane.ts';
import type { SendPorts } from './send-ports.ts';

/** A message that servers defer for a day is not going to arrive (RFC 5321 section 4.5.4.1 asks for days; a caller for less). */
const GIVE_UP_MS = 24 * 3_600_000;
/** What a mailbox needs to recover from, a login every few minutes would only prolong. */
const MAILBOX_REST_MS = 5 * 60_000;

/**
 * @param lane a connection to the SMTP server, on its way already
 * @param claimed the claim, where it was begun before
 * @throws MailError REQUEST_INVALID and others of disposition `refuse` or `operator`, before anything is sent
 */
export async function sendMail(
  ports: SendPorts,
  event: SendEvent,
  lane: Lane,
  claimed?: Promise<ClaimedMessage>,
): Promise<SendOutcome> {
  lane.warmUp(mailboxOf(event));
  const { profile, result, message, object } = await (claimed ?? claimMessage(ports, event));
  if (result.kind !== 'claimed') return outcomeOf(result);
  if (message === undefined) return putAsideForgotten(ports, result);
  const outcome = await sendClaimed(ports, result, message, profile, lane);
  const isSettled = outcome.kind === 'sent' || outcome.kind === 'partial' || outcome.kind === 'failed';
  if (isSettled && object !== undefined) await ports.objects.remove(object);
  return outcome;
}

async function sendClaimed(
  ports: SendPorts,
  claim: Claim,
  message: Message,
  profile: MailboxProfile,
  lane: Lane,
): Promise<SendOutcome> {
  try {
    await lane.authenticate(profile);
  } catch (error) {
    return endUnsent(ports, claim, error);
  }
  const mail = compose(message, claim, profile);
  // The item becomes `transmitting` while MAIL, RCPT and DATA are under way, and no sooner: who dies before the body
  // leaves a message that can simply be sent again.
  const marking = ports.messages.markTransmitting(claim);
  const transmitting = lane.transmit(openedAfter(marking, mail), profile);
  const [marked, transmission] = await Promise.allSettled([marking, transmitting]);
  if (marked.status === 'rejected') throw marked.reason;
  // A kept connection had died, and no other could be had.
  if (transmission.status === 'rejected') return endUnsent(ports, claim, transmission.reason);
  return recordTransmission(ports, claim, transmission.value);
}

function openedAfter(marking: Promise<void>, mail: ComposedMail): ComposedMail {
  return {
    envelope: mail.envelope,
    async *open() {
      await marking;
      yield* mail.open();
    },
  };
}

async function recordTransmission(ports: SendPorts, claim: Claim, transmission: Transmission): Promise<SendOutcome> {
  switch (transmission.kind) {
    case 'accepted':
      return settle(ports, claim, accepted(claim, transmission, ports.now));
    case 'unknown':
      await ports.messages.markUnknown(claim);
      return { kind: 'unknown', messageId: claim.messageId, since: ports.now() };
    case 'refused':
      return recordRefusal(ports, claim, transmission.code, transmission.response);
  }
}

/** The login or the connection failed: nothing of the message was sent. */
async function endUnsent(ports: SendPorts, claim: Claim, error: unknown): Promise<SendOutcome> {
  const code = error instanceof MailError ? error.code : undefined;
  if (code !== undefined && dispositionOf(code) !== 'operator') return recordRefusal(ports, claim, code);
  // Nobody but a person can mend this, so the caller hears of it; a repeat or a redrive takes the message up again.
  await ports.messages.putAside(claim, code ?? 'TOKEN_UNAVAILABLE');
  throw error;
}

async function recordRefusal(ports: SendPorts, claim: Claim, code: ErrorCode, response?: string): Promise<SendOutcome> {
  const { messageId } = claim;
  const disposition = dispositionOf(code);
  if (disposition === 'refuse') return settle(ports, claim, failed(messageId, code, response));
  const isTooOld = ports.now() - claim.firstSeenAt > GIVE_UP_MS;
  if (disposition === 'retry' && isTooOld)
    return settle(ports, claim, failed(messageId, 'RETRIES_EXHAUSTED', response));
  const dueAt = after(ports.now(), restMs(disposition, claim.attempt, ports.random()));
  await ports.messages.rest(claim, dueAt, code);
  return { kind: 'queued', messageId, dueAt, code };
}

async function settle(ports: SendPorts, claim: Claim, outcome: FinalOutcome): Promise<FinalOutcome> {
  await ports.messages.settle(claim, outcome);
  return outcome;
}

function accepted(claim: Claim, transmission: Transmission & { kind: 'accepted' }, now: Clock): FinalOutcome {
  const { response, rejected } = transmission;
  const sent = { messageId: claim.messageId, response, sentAt: now() };
  return rejected.length === 0 ? { kind: 'sent', ...sent } : { kind: 'partial', ...sent, rejected: [...rejected] };
}

function failed(messageId: string, code: ErrorCode, response: string | undefined): FinalOutcome {
  return { kind: 'failed', messageId, code, ...(response !== undefined && { response }) };
}

function restMs(disposition: Disposition, attempt: number, random: number): number {
  const backoff = backoffMs(attempt, random);
  return disposition === 'wait-for-mailbox' ? Math.max(MAILBOX_REST_MS, backoff) : backoff;
}

function outcomeOf(result: Exclude<ClaimResult, { kind: 'claimed' }>): SendOutcome {
  switch (result.kind) {
    case 'settled':
      return { kind: 'replayed', messageId: result.outcome.messageId, saved: result.outcome };
    case 'unknown':
      return { kind: 'unknown', messageId: result.messageId, since: result.since };
    case 'busy': {
      const { messageId, dueAt, code } = result;
      return { kind: 'queued', messageId, dueAt, ...(code !== undefined && { code }) };
    }
  }
}

async function putAsideForgotten(ports: SendPorts, claim: Claim): Promise<never> {
  await ports.messages.putAside(claim, 'REQUEST_MISSING');
  throw new MailError(
    'REQUEST_MISSING',
    'the request waited longer than it is kept: send the message again with a new key',
  );
}
