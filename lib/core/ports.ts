// What the use cases need from the world, in their own words; adapters in google, smtp, imap, mime and aws provide it.
import type { EmailAddress } from './address.ts';
import type { Cursor, FolderState, ReadFrom } from './cursor.ts';
import type { ErrorCode } from './errors.ts';
import type { MailboxId, MailboxProfile } from './mailbox.ts';
import type { MailSummary } from './matching.ts';
import type { Message } from './message.ts';
import type { MessageKey } from './message-key.ts';
import type { FinalOutcome, Rejection } from './outcome.ts';
import type { Correspondent, ReplyEvent } from './reply.ts';
import type { Secret } from './secret.ts';
import type { Deadline, EpochMs } from './time.ts';
import type { AccessToken, Grant } from './token.ts';

/** The connected mailboxes. */
export interface Registry {
  list(): Promise<readonly MailboxProfile[]>;
  /** @throws MailError MAILBOX_UNKNOWN, MAILBOX_MALFORMED */
  find(mailbox: MailboxId): Promise<MailboxProfile>;
}

/** Access tokens for those who use them: they never see a grant. */
export interface TokenSource {
  /** @throws MailError TOKEN_UNAVAILABLE, or what refresh-tokens reports of the grant */
  current(mailbox: MailboxId): Promise<AccessToken>;
  /** A token that is not the refused one. */
  replace(mailbox: MailboxId, refused: AccessToken): Promise<AccessToken>;
}

/** Google's token endpoint. */
export interface TokenEndpoint {
  /** @throws MailError GRANT_DEAD, GRANT_BLOCKED_BY_POLICY, OAUTH_… */
  exchange(grant: Grant, deadline: Deadline): Promise<IssuedToken>;
}

export interface IssuedToken {
  readonly accessToken: Secret;
  readonly expiresAt: EpochMs;
  /** Only where Google replaced it. */
  readonly refreshToken?: Secret;
}

/** What is known of a mailbox's grant, without reading it. */
export interface GrantHealth {
  readonly tokenVersion?: string | undefined;
  readonly tokenExpiresAt?: EpochMs | undefined;
  /** Someone is refreshing it until then. */
  readonly refreshingUntil?: EpochMs | undefined;
}

export interface GrantLease {
  readonly mailbox: MailboxId;
  readonly token: string;
}

/** Grants and the tokens made of them, as refresh-tokens sees them. */
export interface Grants {
  health(mailbox: MailboxId): Promise<GrantHealth>;
  /** The sole right to refresh; undefined while someone else has it. */
  begin(mailbox: MailboxId, until: EpochMs): Promise<GrantLease | undefined>;
  /** @throws MailError SECRET_MISSING, SECRET_MALFORMED */
  read(mailbox: MailboxId): Promise<Grant>;
  replace(mailbox: MailboxId, grant: Grant): Promise<void>;
  /** @returns the version of the secret that holds the token */
  writeToken(mailbox: MailboxId, token: Omit<AccessToken, 'version'>): Promise<string>;
  succeed(lease: GrantLease, tokenVersion: string, expiresAt: EpochMs): Promise<void>;
  fail(lease: GrantLease, code: ErrorCode): Promise<void>;
  giveUp(lease: GrantLease): Promise<void>;
}

export interface Transport {
  /** Starts TCP, TLS and EHLO at once, before anyone waits for them. */
  connect(deadline: Deadline): SmtpSession;
}

export interface SmtpSession {
  /** Resolves when the server has greeted over verified TLS. @throws MailError SMTP_UNREACHABLE, CONNECTION_INSECURE */
  ready(): Promise<void>;
  /** AUTH XOAUTH2; a refused token is replaced once, by `replace`. @throws MailError AUTHENTICATION_REFUSED and others */
  authenticate(user: EmailAddress, token: AccessToken, replace: () => Promise<AccessToken>): Promise<void>;
  transmit(mail: ComposedMail): Promise<Transmission>;
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
}

export type ClaimResult =
  | ({ readonly kind: 'claimed' } & Claim)
  | { readonly kind: 'settled'; readonly outcome: FinalOutcome }
  | { readonly kind: 'unknown'; readonly messageId: string; readonly since: EpochMs }
  /** Waiting, or in work elsewhere, until `dueAt`. */
  | { readonly kind: 'busy'; readonly messageId: string; readonly dueAt: EpochMs; readonly code?: ErrorCode };

/** What is written when a message is first seen. */
export interface NewMessage extends Identity {
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
  /** From here on a lost connection may mean that the mail was sent. @throws MailError LEASE_LOST */
  markTransmitting(claim: Claim): Promise<void>;
  settle(claim: Claim, outcome: FinalOutcome): Promise<void>;
  rest(claim: Claim, dueAt: EpochMs, code: ErrorCode): Promise<void>;
  /** As rest, but only a repeated request or a redrive takes it up again. */
  putAside(claim: Claim, code: ErrorCode): Promise<void>;
  markUnknown(claim: Claim): Promise<void>;
}

/** A message that rests in the Messages table, or whose worker has gone silent. */
export interface DueMessage {
  readonly key: MessageKey;
  readonly mailbox: MailboxId;
  readonly idempotencyKey: string;
  readonly requestHash: string;
  readonly state: 'waiting' | 'claimed' | 'transmitting';
  readonly attempt: number;
  readonly dueAt: EpochMs;
}

/** The Messages table as release-waiting sees it. Both writes answer false where someone else was first. */
export interface WaitingMessages {
  due(mailbox: MailboxId, at: EpochMs): Promise<readonly DueMessage[]>;
  release(message: DueMessage): Promise<boolean>;
  markUnknown(message: DueMessage): Promise<boolean>;
}

export interface DeadOutbox {
  /** @param letter `body` as it came; `id` the same for a repeat of this put */
  put(letter: { id: string; group: string; body: string; code: ErrorCode; reason: string }): Promise<void>;
}

/** The bucket Mail, for requests and replies that are too big for a queue. */
export interface ObjectStore {
  readonly bucket: string;
  /** Undefined when there is none. */
  read(key: string): Promise<string | undefined>;
  write(key: string, content: string | Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
}

/** A mailbox open for reading, read-only. */
export interface MailSession {
  readonly folder: FolderState;
  /** In the order of their UIDs. */
  list(from: ReadFrom): Promise<readonly MailSummary[]>;
  /** The mail as it came; undefined where it was expunged since. */
  fetch(uid: number): Promise<Uint8Array | undefined>;
  close(): void;
}

export interface MailSource {
  /** @throws MailError IMAP_UNREACHABLE, IMAP_REFUSED, AUTHENTICATION_REFUSED and others */
  open(profile: MailboxProfile, token: AccessToken, deadline: Deadline): Promise<MailSession>;
}

/** A mail taken apart. */
export interface MailContent {
  readonly from: Correspondent | null;
  readonly to: readonly Correspondent[];
  readonly cc: readonly Correspondent[];
  readonly subject: string;
  readonly messageId?: string;
  readonly references: readonly string[];
  readonly newText: string;
  readonly fullText: string;
  readonly html?: string;
  readonly attachments: ReplyEvent['attachments'];
}

/** One of our messages, as a reply finds it by its Message-ID. */
export interface SentMessage {
  readonly mailbox: MailboxId;
  readonly messageId: string;
  readonly context: unknown;
  readonly sentAt: number | null;
  readonly recipients: readonly EmailAddress[];
}

/** The right to read one mailbox, and the cursor as it was when the right was taken. */
export interface ReadLease {
  readonly mailbox: MailboxId;
  readonly token: string;
  readonly cursor?: Cursor;
}

export interface ReadingState {
  /** Undefined while another poll reads this mailbox. */
  take(mailbox: MailboxId, until: EpochMs): Promise<ReadLease | undefined>;
  /** Gives the lease back, with the cursor if it moved. @throws MailError LEASE_LOST when another poll took over */
  release(lease: ReadLease, cursor: Cursor | undefined): Promise<void>;
}

export interface RoutedReplies {
  has(id: string): Promise<boolean>;
  add(id: string): Promise<void>;
}

/** Which of our messages a Message-ID belongs to. */
export type FindSent = (messageId: string) => Promise<SentMessage | undefined>;

export interface RepliesQueue {
  put(event: ReplyEvent): Promise<void>;
  /** A mail that answers us and cannot be read goes to the dead-letter queue, so that the cursor can move on. */
  putUnreadable(letter: { id: string; mailbox: MailboxId; raw: ReplyEvent['raw']; reason: string }): Promise<void>;
}
