// What reading replies needs from the world: a mailbox open for reading, and where its answers go.
import type { EmailAddress } from './address.ts';
import type { Cursor, FolderState, ReadFrom } from './cursor.ts';
import type { MailboxId, MailboxProfile } from './mailbox.ts';
import type { MailSummary } from './matching.ts';
import type { Correspondent, ReplyEvent } from './reply.ts';
import type { Identity } from './sending-ports.ts';
import type { Deadline, EpochMs } from './time.ts';
import type { AccessToken } from './token.ts';

/** A mailbox open for reading, read-only. */
export interface MailSession {
  readonly folder: FolderState;
  /** In the order of their UIDs. */
  list(from: ReadFrom): Promise<readonly MailSummary[]>;
  /** Mails as they came, by UID, without those that were expunged since. All of them are held in memory. */
  fetch(uids: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>>;
  /** What a large mail says, without fetching what hangs on it; undefined where it was expunged since. */
  outline(uid: number): Promise<MailOutline | undefined>;
  /** A large mail as it came, piece by piece. */
  stream(uid: number): AsyncIterable<Uint8Array>;
  close(): void;
}

export interface MailSource {
  /**
   * @param folder the one that was read last: opened without looking for another
   * @throws MailError IMAP_UNREACHABLE, IMAP_REFUSED, AUTHENTICATION_REFUSED and others
   */
  open(profile: MailboxProfile, token: AccessToken, deadline: Deadline, folder?: string): Promise<MailSession>;
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

/** A large mail without its attachments. */
export interface MailOutline {
  /** A mail of its header and of the beginnings of its texts. */
  readonly mail: Uint8Array;
  readonly attachments: ReplyEvent['attachments'];
  /** Whether a text goes on beyond its beginning. */
  readonly isCut: boolean;
}

/** Whether a From address is proven, by the receiving server's own words. */
export type Authentication = Omit<ReplyEvent['sender'], 'wasRecipient'>;

/** One recipient of a delivery status notification. */
export type BouncedRecipient = Omit<NonNullable<ReplyEvent['bounce']>['recipients'][number], 'wasRecipient'>;

/** A mail taken apart. */
export interface MailContent {
  readonly kind: Exclude<ReplyEvent['kind'], 'answered-by-hand'>;
  readonly authentication: Authentication;
  /** Of a bounce: whom it is about, and the Message-IDs of the mail that it gives back. */
  readonly deliveryStatus?: {
    readonly recipients: readonly BouncedRecipient[];
    readonly messageIds: readonly string[];
  };
  readonly calendar?: ReplyEvent['calendar'];
  readonly from: Correspondent | null;
  readonly replyTo?: readonly Correspondent[];
  readonly to: readonly Correspondent[];
  readonly cc: readonly Correspondent[];
  readonly subject: string;
  readonly messageId?: string;
  readonly references: readonly string[];
  readonly newText: string;
  readonly fullText: string;
  readonly html?: string;
  /** Whether the mail says more than stands here. */
  readonly isCut?: boolean;
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
