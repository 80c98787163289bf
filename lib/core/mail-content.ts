// A mail taken apart, as reading it needs it.
import type { Correspondent, ReplyEvent } from './reply.ts';

/** An attachment of which only its description was fetched. */
export interface OutlinedAttachment {
  readonly filename: string | null;
  readonly contentType: string;
  /** Decoded, estimated. */
  readonly bytes: number;
  /** Its number in the mail (RFC 9051 section 6.4.5.1); absent where the protocol knows no parts. */
  readonly part?: string;
}

/** An attachment, decoded. */
interface ReadAttachment {
  readonly filename: string | null;
  readonly contentType: string;
  readonly bytes: number;
  readonly content?: Uint8Array;
}

/** A large mail without its attachments. */
export interface MailOutline {
  /** A mail of its header and of the beginnings of its texts. */
  readonly mail: Uint8Array;
  readonly attachments: readonly OutlinedAttachment[];
  /** Whether a text goes on beyond its beginning. */
  readonly isCut: boolean;
}

/** Whether a From address is proven, by the receiving server's own words. */
export type Authentication = Omit<ReplyEvent['sender'], 'wasRecipient'>;

/** One recipient of a delivery status notification. */
export type BouncedRecipient = Omit<
  NonNullable<ReplyEvent['bounce']>['recipients'][number],
  'wasRecipient' | 'isTrusted'
>;

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
  readonly attachments: readonly ReadAttachment[];
}
