// Sends one message: claim, transmit, settle. Whatever happens on the way, the Messages table says how far it came.
import { codeOf, dispositionOf, type ErrorCode, MailError } from '../../lib/core/errors.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { type Message, recipientsOf } from '../../lib/core/message.ts';
import type { FinalOutcome, SendOutcome } from '../../lib/core/outcome.ts';
import { mailboxOf, type SendEvent } from '../../lib/core/send-event.ts';
import type { Claim, ComposedMail, Transmission } from '../../lib/core/sending-ports.ts';
import type { Hold } from '../../lib/core/sending-state.ts';
import { after, backoffMs, type EpochMs } from '../../lib/core/time.ts';
import { compose } from '../../lib/smtp/compose.ts';
import { type ClaimedMessage, claimMessage } from './claim-message.ts';
import type { Lane } from './lane.ts';
import { accepted, failed, outcomeOf, waiting } from './outcomes.ts';
import type { SendPorts } from './send-ports.ts';
import { suppressLoop } from './suppress-loop.ts';

/** A message that servers defer for a day is not going to arrive (RFC 5321 section 4.5.4.1 asks for days; a caller for less). */
const GIVE_UP_MS = 24 * 3_600_000;

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
  const { notAfter } = message;
  const outcome =
    notAfter !== undefined && notAfter < ports.now()
      ? await expire(ports, result, notAfter)
      : await sendClaimed(ports, result, message, profile, lane);
  if (isFinal(outcome) && object !== undefined) await ports.objects.remove(object);
  return outcome;
}

function isFinal({ kind }: SendOutcome): boolean {
  return kind === 'sent' || kind === 'partial' || kind === 'failed' || kind === 'expired' || kind === 'suppressed';
}

async function sendClaimed(
  ports: SendPorts,
  claim: Claim,
  message: Message,
  profile: MailboxProfile,
  lane: Lane,
): Promise<SendOutcome> {
  const suppressed = await suppressLoop(ports, claim, message);
  if (suppressed !== undefined) return settle(ports, claim, suppressed);
  const refusal = await lane.slot.take(
    profile,
    recipientsOf(message).map(({ address }) => address),
  );
  if (refusal !== undefined) return rest(ports, claim, refusal.until, refusal.code);
  const attempt = await attemptToSend(ports, claim, message, profile, lane);
  const isAccepted = attempt.kind === 'accepted';
  const isSent = isAccepted || attempt.kind === 'unknown';
  const code = codeOfAttempt(attempt);
  const ending = lane.slot.end({ isAccepted, isSent, isOpen: lane.isOpen, ...(code !== undefined && { code }) });
  lane.release();
  // Of a mailbox's trouble the message learns how long it lasts; otherwise the two writes go on side by side.
  const hold = code !== undefined && dispositionOf(code) === 'wait-for-mailbox' ? await ending : undefined;
  const [outcome] = await Promise.all([record(ports, claim, attempt, hold), ending]);
  return outcome;
}

/** How an attempt ended: with the server's word, or before anything of the message was written. */
type Attempt =
  | Transmission
  | { readonly kind: 'unsent'; readonly error: unknown }
  /** The table did not take it, so nothing was written: it knows best what becomes of the message. */
  | { readonly kind: 'unmarked'; readonly error: unknown };

async function attemptToSend(
  ports: SendPorts,
  claim: Claim,
  message: Message,
  profile: MailboxProfile,
  lane: Lane,
): Promise<Attempt> {
  try {
    await lane.authenticate(profile);
  } catch (error) {
    return { kind: 'unsent', error };
  }
  const mail = compose(message, claim, profile);
  // The item becomes `transmitting` while MAIL, RCPT and DATA are under way, and no sooner: who dies before the body
  // leaves a message that can simply be sent again.
  const marking = ports.messages.markTransmitting(claim);
  const transmitting = lane.transmit(openedAfter(marking, mail), profile);
  const [marked, transmission] = await Promise.allSettled([marking, transmitting]);
  if (marked.status === 'rejected') return { kind: 'unmarked', error: marked.reason };
  // A kept connection had died, and no other could be had.
  return transmission.status === 'rejected' ? { kind: 'unsent', error: transmission.reason } : transmission.value;
}

function codeOfAttempt(attempt: Attempt): ErrorCode | undefined {
  if (attempt.kind === 'refused') return attempt.code;
  return attempt.kind === 'unsent' ? codeOf(attempt.error) : undefined;
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

async function record(ports: SendPorts, claim: Claim, attempt: Attempt, hold: Hold | undefined): Promise<SendOutcome> {
  switch (attempt.kind) {
    case 'accepted':
      return settle(ports, claim, accepted(claim, attempt, ports.now()));
    case 'unknown':
      return becomeUnknown(ports, claim);
    case 'refused':
      return recordRefusal(ports, claim, attempt, hold);
    case 'unsent':
      return recordUnsent(ports, claim, attempt.error, hold);
    case 'unmarked':
      throw attempt.error;
  }
}

/** The login or the connection failed: nothing of the message was sent. */
async function recordUnsent(
  ports: SendPorts,
  claim: Claim,
  error: unknown,
  hold: Hold | undefined,
): Promise<SendOutcome> {
  const code = codeOf(error);
  if (code !== undefined && dispositionOf(code) !== 'operator') return recordRefusal(ports, claim, { code }, hold);
  // Nobody but a person can mend this, so the caller hears of it; a repeat or a redrive takes the message up again.
  await ports.messages.putAside(claim, code ?? 'TOKEN_UNAVAILABLE');
  throw error;
}

async function recordRefusal(
  ports: SendPorts,
  claim: Claim,
  { code, response }: { readonly code: ErrorCode; readonly response?: string },
  hold: Hold | undefined,
): Promise<SendOutcome> {
  const { messageId, attempt, firstSeenAt } = claim;
  const disposition = dispositionOf(code);
  if (disposition === 'refuse') return settle(ports, claim, failed(messageId, code, response));
  if (hold !== undefined) return rest(ports, claim, hold.until, code);
  if (ports.now() - firstSeenAt > GIVE_UP_MS)
    return settle(ports, claim, failed(messageId, 'RETRIES_EXHAUSTED', response));
  return rest(ports, claim, after(ports.now(), backoffMs(attempt, ports.random())), code);
}

async function rest(ports: SendPorts, claim: Claim, until: EpochMs, code: ErrorCode): Promise<SendOutcome> {
  const { messageId, notAfter } = claim;
  // No later than it expires, so that its sender learns of it then.
  const dueAt = notAfter !== undefined && notAfter < until ? after(notAfter, 1) : until;
  await ports.messages.rest(claim, dueAt, code);
  return waiting(messageId, dueAt, code);
}

/** One that is sent again may have been sent before: its copy is looked for once more, and then it is reported. */
async function expire(ports: SendPorts, claim: Claim, notAfter: EpochMs): Promise<SendOutcome> {
  if (claim.isSentAgain) return becomeUnknown(ports, claim);
  return settle(ports, claim, { kind: 'expired', messageId: claim.messageId, notAfter });
}

async function becomeUnknown(ports: SendPorts, claim: Claim): Promise<SendOutcome> {
  const since = ports.now();
  const dueAt = await ports.messages.markUnknown(claim);
  return { kind: 'unknown', messageId: claim.messageId, since, dueAt };
}

async function settle(ports: SendPorts, claim: Claim, outcome: FinalOutcome): Promise<FinalOutcome> {
  await ports.messages.settle(claim, outcome);
  return outcome;
}

async function putAsideForgotten(ports: SendPorts, claim: Claim): Promise<never> {
  await ports.messages.putAside(claim, 'REQUEST_MISSING');
  throw new MailError(
    'REQUEST_MISSING',
    'the request waited longer than it is kept: send the message again with a new key',
  );
}
