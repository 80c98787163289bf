// What sending and releasing need from the world: an SMTP session, and the Messages table.
import type { EmailAddress } from './address.ts';
import type { ErrorCode, MailError } from './errors.ts';
import type { MailboxId } from './mailbox.ts';
import type { Message } from './message.ts';
import type { MessageKey } from './message-key.ts';
import type { FinalOutcome, Rejection } from './outcome.ts';
import type { Count } from './quota.ts';
import type { Hold, Reservation, SendingState, SlotEnd, Wish } from './sending-state.ts';
import type { Deadline, EpochMs } from './time.ts';
import type { AccessToken } from './token.ts';

export interface Transport {
  /** Starts TCP and TLS at once, before anyone waits for them, and says nothing yet. */
  connect(deadline: Deadline): SmtpSession;
}

export interface SmtpSession {
  /** From here on commands may be sent: EHLO, and STARTTLS on the port for it. How it ends `authenticate` says. */
  begin(): void;
  /**
   * AUTH XOAUTH2, when the server has greeted over verified TLS; a refused token is replaced once, by `replace`.
   * @throws MailError SMTP_UNREACHABLE, CONNECTION_INSECURE, AUTHENTICATION_REFUSED and others
   */
  authenticate(user: EmailAddress, token: AccessToken, replace: () => Promise<AccessToken>): Promise<void>;
  /** @param firstReplyMs how long the first reply may take on a connection that may have died unnoticed */
  transmit(mail: ComposedMail, firstReplyMs?: number): Promise<Transmission>;
  /** Goes on in another invocation, under its deadline. */
  renew(deadline: Deadline): void;
  /** Whether another message may follow on this connection. */
  readonly isOpen: boolean;
  close(): void;
}

export interface ComposedMail {
  readonly envelope: { readonly from: EmailAddress; readonly to: readonly EmailAddress[] };
  /** The bytes, the same on each call. */
  open(): AsyncIterable<Uint8Array | string>;
}

/** How one SMTP transaction ended. */
export type Transmission =
  | { readonly kind: 'accepted'; readonly response: string; readonly rejected: readonly Rejection[] }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly response?: string }
  /** The connection ended when all had been written, the final dot too, and no reply had come. */
  | { readonly kind: 'unknown' };

/** The identity of a message, made once and stored before anything is sent. */
export interface Identity {
  readonly messageId: string;
  readonly date: EpochMs;
}

/** The right to work on one message; every write that follows a claim needs its token. */
export interface Claim extends Identity {
  readonly key: MessageKey;
  readonly leaseToken: string;
  /** How often this message has been tried, this time included. */
  readonly attempt: number;
  readonly firstSeenAt: EpochMs;
  /** When it is no longer worth sending. */
  readonly notAfter?: EpochMs;
  /** Whether it was sent before, with an end that nobody knows and no copy found. */
  readonly isSentAgain: boolean;
}

export type ClaimResult =
  | ({ readonly kind: 'claimed' } & Claim)
  | { readonly kind: 'settled'; readonly outcome: FinalOutcome }
  | { readonly kind: 'unknown'; readonly messageId: string; readonly since: EpochMs; readonly dueAt?: EpochMs }
  | { readonly kind: 'scheduled'; readonly messageId: string; readonly dueAt: EpochMs }
  /** Waiting, or in work elsewhere, until `dueAt`. */
  | { readonly kind: 'busy'; readonly messageId: string; readonly dueAt: EpochMs; readonly code?: ErrorCode };

export type CancelResult = Exclude<ClaimResult, { kind: 'claimed' }>;

/** What is written when a message is first seen. */
export interface NewMessage extends Identity {
  /** When it is to be sent, where that is not now. */
  readonly scheduledFor?: EpochMs | undefined;
  readonly key: MessageKey;
  readonly message: Message;
  readonly requestHash: string;
  readonly body: StoredBody;
}

/** Where a message's request rests until it is settled: in its item, or, when large, in the bucket Mail. */
export type StoredBody = { readonly json: string } | { readonly object: string };

/** The Messages table as send-mail sees it. */
export interface Messages {
  /** @throws MailError IDEMPOTENCY_MISMATCH when the key was used with another request */
  claim(first: NewMessage): Promise<ClaimResult>;
  /** Claims a message that is in the table already. @throws MailError REQUEST_MISSING when it is not */
  resume(key: MessageKey): Promise<{ readonly result: ClaimResult; readonly body?: StoredBody }>;
  /**
   * Settles a message that waits as cancelled, and answers what became of it: one that was settled or is in work stays so.
   * @throws MailError REQUEST_MISSING when it is not in the table
   */
  cancel(key: MessageKey): Promise<{ readonly result: CancelResult; readonly body?: StoredBody }>;
  /** From here on a lost connection may mean that the mail was sent. @throws MailError LEASE_LOST */
  markTransmitting(claim: Claim): Promise<void>;
  settle(claim: Claim, outcome: FinalOutcome): Promise<void>;
  rest(claim: Claim, dueAt: EpochMs, code: ErrorCode): Promise<void>;
  /** As rest, but only a repeated request or a redrive takes it up again. */
  putAside(claim: Claim, code: ErrorCode): Promise<void>;
  /** @returns when its copy is looked for */
  markUnknown(claim: Claim): Promise<EpochMs>;
}

/** A message that rests in the Messages table, or whose worker has gone silent. */
export interface DueMessage {
  readonly key: MessageKey;
  readonly mailbox: MailboxId;
  readonly idempotencyKey: string;
  readonly requestHash: string;
  readonly state: 'waiting' | 'claimed' | 'transmitting' | 'unknown';
  readonly attempt: number;
  readonly dueAt: EpochMs;
  readonly notAfter?: EpochMs | undefined;
  /** How often it was put back while nobody knew whether it was sent. */
  readonly sentAgain: number;
}

export interface DueMessages {
  readonly messages: readonly DueMessage[];
  /** RECORD_MALFORMED, of each record that is due and cannot be read. */
  readonly malformed: readonly MailError[];
}

/** The Messages table as release-waiting sees it. Its writes answer false where someone else was first. */
export interface WaitingMessages {
  /** The oldest first, and of many only so many. */
  due(mailbox: MailboxId, at: EpochMs): Promise<DueMessages>;
  release(message: DueMessage): Promise<boolean>;
  markUnknown(message: DueMessage): Promise<boolean>;
  /** Looks at it again later; it stays as it is. */
  postpone(message: DueMessage, dueAt: EpochMs): Promise<boolean>;
  /** Lets it wait for its mailbox's sake. Whoever had a lease on it has it no more. */
  rest(message: DueMessage, dueAt: EpochMs, code: ErrorCode): Promise<boolean>;
  /** Settles one that is no longer worth sending; answers where its request lies in the bucket, if it does. */
  expire(message: DueMessage): Promise<{ readonly isFirst: boolean; readonly object?: string }>;
}

/** A message that may or may not have been sent: nobody knows, or it waits to be sent again. */
export interface UncertainMessage extends Identity {
  readonly key: MessageKey;
  /** How often it was sent again without an end that is known. */
  readonly sentAgain: number;
  /** Where its request lies in the bucket, if it does. */
  readonly object?: string;
}

/** The Messages table as those see it who learn what became of uncertain messages. */
export interface UncertainMessages {
  /** Those of a mailbox that are not reported yet. */
  list(mailbox: MailboxId): Promise<readonly UncertainMessage[]>;
  /** Undefined where it is no longer uncertain. */
  find(key: MessageKey): Promise<UncertainMessage | undefined>;
  /** Answers false where someone else was first. */
  settle(message: UncertainMessage, outcome: FinalOutcome): Promise<boolean>;
  /** Nobody looks for its copy any more. */
  giveUp(message: UncertainMessage): Promise<void>;
}

/** What a mailbox may send, as release-waiting sees it. */
export interface Holds {
  find(mailbox: MailboxId): Promise<SendingState>;
  /** Lets one message try now. */
  probe(mailbox: MailboxId): Promise<void>;
  /** When Google last gave a token for the mailbox's grant. */
  refreshedAt(mailbox: MailboxId): Promise<EpochMs | undefined>;
}

export interface Finished {
  /** That the mailbox is on from here. */
  readonly hold: Hold | undefined;
  /** Whether the slot was kept, as it was wished. */
  readonly isKept: boolean;
}

/** The `ID#sending` items of the Mailboxes table, as send-mail sees them. */
export interface SendingGate {
  /** @returns why not, or undefined where it was reserved */
  reserve(mailbox: MailboxId, wish: Wish): Promise<Exclude<Reservation, { kind: 'reserved' }> | undefined>;
  finish(mailbox: MailboxId, end: SlotEnd): Promise<Finished>;
}

/** What was sent from a mailbox by others than us, such as its owner. */
export interface SentElsewhere {
  count(mailbox: MailboxId, counts: readonly Count[]): Promise<void>;
}

export interface DeadOutbox {
  /** @param letter `body` as it came; `id` the same for a repeat of this put */
  put(letter: { id: string; group: string; body: string; code: ErrorCode; reason: string }): Promise<void>;
}
