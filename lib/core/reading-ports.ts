// What reading replies needs from the world: a mailbox open for reading, and where its answers go.
import type { EmailAddress } from './address.ts';
import type { Cursor } from './cursor.ts';
import type { ErrorCode } from './errors.ts';
import type { MailOutline } from './mail-content.ts';
import type { MailboxId, MailboxProfile } from './mailbox.ts';
import type { MailSummary } from './matching.ts';
import type { MessageKey } from './message-key.ts';
import type { ReadingHold } from './reading-hold.ts';
import type { ReplyEvent } from './reply.ts';
import type { Identity } from './sending-ports.ts';
import type { Deadline, EpochMs } from './time.ts';
import type { AccessToken } from './token.ts';
import type { UidlCursor } from './uidl-cursor.ts';

/** How far a mailbox was read: a cursor for each folder. */
export interface Positions {
  readonly readTo?: Cursor | undefined;
  readonly spam?: Cursor | undefined;
  /** Of a mailbox that is read by POP3, in place of both. */
  readonly uidls?: UidlCursor | undefined;
}

/** A folder of a mailbox, open read-only, at the place where the last poll ended. */
export interface MailFolder {
  readonly kind: 'main' | 'spam';
  /** What may be new since the last poll, the oldest first. Undefined before the first: reading starts now. */
  list(): Promise<readonly MailSummary[] | undefined>;
  /** All that it holds since a time, the oldest first. */
  listSince(since: EpochMs): Promise<readonly MailSummary[]>;
  /** Whether a listed mail was above the place where the last poll ended; unknown where UIDs have changed their meaning. */
  isNew(mail: MailSummary): boolean | 'unknown';
  /**
   * Where the next poll goes on.
   * @param done the first of the listed mails: what is dealt with
   * @param isAll whether nothing that was listed is left
   * @param uncopied of them, by UID, those of which a copy is still to be made: the next polls are to list them again
   */
  positionAfter(done: readonly MailSummary[], isAll: boolean, now: EpochMs, uncopied: ReadonlySet<number>): Positions;
  /** Mails as they came, by UID, without those that were expunged since. All of them are held in memory. */
  fetch(uids: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>>;
  /** What a large mail says, without fetching what hangs on it; undefined where it was expunged since. */
  outline(uid: number): Promise<MailOutline | undefined>;
  /** A large mail as it came, piece by piece. */
  stream(uid: number): AsyncIterable<Uint8Array>;
  /** One part of it, decoded, piece by piece. */
  streamPart(uid: number, part: string): AsyncIterable<Uint8Array>;
  /** The Message-IDs in each of these Gmail threads; empty where the server knows no threads. */
  messageIdsOf(threads: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** A mailbox open for reading. One folder is open at a time: opening another ends the use of the last. */
export interface MailSession {
  /** All Mail, or INBOX where there is none or it is hidden from IMAP. */
  readonly main: MailFolder;
  /** Whether the server has special folders (RFC 6154) and shows no All Mail: what is archived at once is not seen. */
  readonly isAllMailHidden: boolean;
  /** Undefined where there is none. */
  openSpam(): Promise<MailFolder | undefined>;
  close(): void;
}

export interface MailSource {
  /** @throws MailError IMAP_UNREACHABLE, IMAP_REFUSED, AUTHENTICATION_REFUSED and others */
  open(profile: MailboxProfile, token: AccessToken, deadline: Deadline, positions: Positions): Promise<MailSession>;
}

/** Looks for the copies that Gmail keeps of what was sent: in All Mail and Trash. */
export interface CopyFinder {
  /**
   * When each copy was filed, by Message-ID; undefined where the mailbox has no folder in which they would lie.
   * A miss is no proof: a copy may be late.
   * @throws MailError IMAP_UNREACHABLE, IMAP_REFUSED, AUTHENTICATION_REFUSED and others
   */
  find(
    profile: MailboxProfile,
    token: AccessToken,
    deadline: Deadline,
    wanted: readonly Identity[],
  ): Promise<ReadonlyMap<string, EpochMs> | undefined>;
}

/** One of our messages, as a reply finds it by its Message-ID. */
export interface SentMessage {
  /** Absent where all that is left of the message is its Message-ID. */
  readonly key?: MessageKey;
  readonly mailbox: MailboxId;
  readonly messageId: string;
  /** The conversation that it belongs to. */
  readonly thread: string;
  readonly context: unknown;
  readonly sentAt: number | null;
  readonly recipients: readonly EmailAddress[];
}

/** The right to read one mailbox, and where reading stood when the right was taken. */
export interface ReadLease {
  readonly mailbox: MailboxId;
  /** Whose mail the positions are in. */
  readonly address: EmailAddress;
  readonly token: string;
  /** None where what is stored is of another address, which had this id before. */
  readonly positions: Positions;
  /** How many polls before have failed, in a row. */
  readonly failures: number;
}

/** How a poll ended. */
interface ReadEnd {
  /** Those that moved. */
  readonly positions: Positions;
  readonly isFailed: boolean;
  /** Leaves the mailbox alone until then. */
  readonly hold?: ReadingHold | undefined;
  /** Where something was put on the replies queue. */
  readonly lastRoutedAt?: EpochMs | undefined;
}

/** `busy`: another poll reads this mailbox. */
type Taken =
  | { readonly kind: 'taken'; readonly lease: ReadLease }
  | { readonly kind: 'held'; readonly hold: ReadingHold }
  | { readonly kind: 'busy' };

export interface ReadingState {
  take(mailbox: Pick<MailboxProfile, 'id' | 'address'>, until: EpochMs): Promise<Taken>;
  /** Gives the lease back. @throws MailError LEASE_LOST when another poll took over */
  release(lease: ReadLease, end: ReadEnd): Promise<void>;
}

/**
 * `copying`: its event has left, and its raw mail is not yet whole in the bucket. `unrelated`: it was looked into and
 * answers nobody, which its headers alone did not tell. `under-its-own`: routed under Gmail's name of it, and this is the name
 * that it would have by POP3.
 */
export type Routing = 'copying' | 'done' | 'unrelated' | 'under-its-own';

export interface RoutedReplies {
  find(id: string): Promise<Routing | undefined>;
  put(id: string, routing: Routing): Promise<void>;
}

/** Which of our messages a Message-ID belongs to. */
export type FindSent = (messageId: string) => Promise<SentMessage | undefined>;

/** What became of a recipient after the message was sent. */
interface Bounced {
  readonly recipient: EmailAddress;
  readonly type: 'hard' | 'soft';
  readonly status: string | null;
  readonly at: EpochMs;
}

export interface BounceMarks {
  /** Once for each reply. */
  mark(key: MessageKey, replyId: string, bounced: readonly Bounced[]): Promise<void>;
}

export interface SendingHolds {
  /** The mailbox must not send for a while, as its provider says. */
  hold(mailbox: MailboxId, code: ErrorCode): Promise<void>;
}

export interface SliceRuns {
  /** Lets another run read these mailboxes. */
  start(mailboxes: readonly string[]): Promise<void>;
}

export interface RepliesQueue {
  put(event: ReplyEvent): Promise<void>;
  /** A mail that answers us and cannot be read goes to the dead-letter queue, so that the cursor can move on. */
  putUnreadable(letter: { id: string; mailbox: MailboxId; raw: ReplyEvent['raw']; reason: string }): Promise<void>;
}
