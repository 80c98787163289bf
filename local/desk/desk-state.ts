// What the desk shows, as its page receives it: all of it at each change. Times are milliseconds since 1970.

export interface DeskState {
  readonly customers: readonly CustomerView[];
  /** Newest first. */
  readonly messages: readonly MessageView[];
  readonly queues: readonly QueueView[];
  readonly mailboxes: readonly MailboxView[];
  /** Those whose items say something that no mailbox can be. */
  readonly malformed: readonly { readonly id: string; readonly problem: string }[];
}

export interface CustomerView {
  readonly address: string;
  /** Newest first; what they wrote themselves too. */
  readonly mails: readonly MailSummary[];
}

export interface MailSummary {
  readonly id: string;
  /** Whether the customer wrote it. */
  readonly isOwn: boolean;
  /** Name, else address, of who wrote it; of an own one, who it went to. */
  readonly correspondent: string;
  readonly subject: string;
  readonly at: number;
  readonly attachments: number;
}

/** One mail, opened. */
export interface MailView {
  readonly id: string;
  readonly isOwn: boolean;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly subject: string;
  readonly at: number;
  readonly text: string;
  readonly hasHtml: boolean;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Cut where it is long: `isWhole` says so. */
  readonly source: { readonly text: string; readonly isWhole: boolean };
  readonly attachments: readonly { readonly filename: string; readonly contentType: string; readonly bytes: number }[];
}

/** A message that a service sent, as the Messages table has it. */
export interface MessageView {
  readonly key: string;
  readonly mailbox: string;
  readonly idempotencyKey: string;
  readonly recipients: readonly string[];
  /** Absent where the request was too big for the table. */
  readonly subject?: string;
  readonly messageId: string;
  /** JSON; absent where the sender gave none. */
  readonly context?: string;
  /** What the table said of it, one after the other; the last is how far it is. */
  readonly story: readonly StoryStep[];
}

export interface StoryStep {
  readonly at: number;
  readonly state: string;
  readonly attempt: number;
  /** Why it waits, or failed. */
  readonly code?: string;
  /** When it is looked at again. */
  readonly dueAt?: number;
  /** The server's, in its own words. */
  readonly response?: string;
  /** How an end that nobody knew was learnt. */
  readonly settledBy?: string;
  /** Delivery status notifications about it. */
  readonly bounces: number;
}

export type QueueName = 'outbox' | 'outboxDead' | 'replies' | 'repliesDead';

export interface QueueView {
  readonly name: QueueName;
  /** Newest first. */
  readonly messages: readonly QueuedView[];
}

export interface QueuedView {
  readonly id: string;
  readonly at: number;
  /** `taken`: somebody received and deleted it. */
  readonly status: 'waiting' | 'in work' | 'taken';
  /** Parsed, where it is JSON. */
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, string>>;
}

export const TROUBLES = ['cut-after-data', 'throttled', 'at-its-limit'] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface MailboxView {
  readonly id: string;
  readonly address: string;
  readonly protocol: string;
  readonly sent: { readonly messages: number; readonly limit: number };
  /** Why it sends nothing, and until when; without `until` until a person releases it. */
  readonly hold?: { readonly code: string; readonly until?: number };
  readonly readAt?: number;
  readonly readingHold?: { readonly code: string; readonly until: number };
  readonly lastReplyAt?: number;
  readonly tokenExpiresAt?: number;
  /** Code of a refresh that failed. */
  readonly grantFailure?: string;
  /** What goes wrong with its next connections. */
  readonly troubles: readonly Trouble[];
}
