// Which inbound mail could answer us, from its headers alone.
import type { ReplyEvent } from './reply.ts';
import type { Identity } from './sending-ports.ts';
import { messageIdsIn } from './thread.ts';

/** The headers that a poll asks for; names in lower case. */
export const MATCH_HEADERS = [
  'message-id',
  'in-reply-to',
  'references',
  'from',
  'auto-submitted',
  'content-type',
  'date',
  'to',
  'cc',
  'bcc',
  'subject',
  'return-path',
  'x-failed-recipients',
] as const;

export type MatchHeaders = Partial<Record<(typeof MATCH_HEADERS)[number], string>>;

/** One mail of the mailbox, as its headers and Gmail's labels describe it. */
export interface MailSummary {
  readonly uid: number;
  /** X-GM-MSGID: the message's identity in all folders; absent on a server that is not Gmail. */
  readonly gmailMessageId?: string | undefined;
  /** The unique-id of POP3 (RFC 1939 section 7). */
  readonly uidl?: string | undefined;
  /** X-GM-THRID. */
  readonly gmailThreadId?: string | undefined;
  /** X-GM-LABELS; empty where the server has none. */
  readonly labels: readonly string[];
  readonly receivedAt: number;
  /** RFC822.SIZE, in bytes. */
  readonly bytes: number;
  readonly headers: MatchHeaders;
}

export interface Candidate {
  readonly messageId: string;
  readonly matchedBy: ReplyEvent['matchedBy'];
}

/** Looked up for one mail: a header may name thousands. */
const MAX_DIRECT = 5;
const NEWEST_ANCESTORS = 15;
/** What began a long conversation was often ours. */
const OLDEST_ANCESTORS = 5;

/** The Message-IDs that a mail says it answers, the likeliest first: In-Reply-To, then References from the newest. */
export function candidatesOf(headers: MatchHeaders): readonly Candidate[] {
  const direct = messageIdsIn(headers['in-reply-to']);
  const ancestors = messageIdsIn(headers.references).toReversed();
  const seen = new Set(direct);
  const others = ancestors.filter((id) => !seen.has(id));
  const wanted = new Set([...others.slice(0, NEWEST_ANCESTORS), ...others.slice(-OLDEST_ANCESTORS)]);
  return [
    ...direct.slice(0, MAX_DIRECT).map((messageId): Candidate => ({ messageId, matchedBy: 'in-reply-to' })),
    ...[...wanted].map((messageId): Candidate => ({ messageId, matchedBy: 'references' })),
  ];
}

/** Nobody has sent it yet. */
export function isDraft({ labels }: MailSummary): boolean {
  return labels.some((label) => label === '\\Draft' || label === '\\Drafts');
}

/** X-GM-THRID is the X-GM-MSGID of the mail that began the thread: such a mail answers nothing in it. */
export function threadToSearch({ gmailThreadId, gmailMessageId }: MailSummary): string | undefined {
  return gmailThreadId === gmailMessageId ? undefined : gmailThreadId;
}

/** The copy that Gmail keeps of a mail that was sent from the mailbox: a From field alone anybody can write. */
export function isSentCopy({ labels }: MailSummary): boolean {
  return labels.includes('\\Sent');
}

/** Recipients as the header of a copy names them; Gmail keeps Bcc in it. */
export function recipientsIn(headers: MatchHeaders): readonly string[] {
  const fields = [headers.to, headers.cc, headers.bcc].filter((field) => field !== undefined);
  return fields.flatMap((field) => field.split(/[\s<>,;:"()]+/).filter((word) => /.@./.test(word)));
}

/** A Message-ID alone proves little: another mail may carry it. A Date field counts whole seconds (RFC 5322 section 3.3). */
export function isCopyOf({ messageId, date }: Identity, headers: Pick<MatchHeaders, 'message-id' | 'date'>): boolean {
  if (headers['message-id']?.trim() !== messageId) return false;
  return Date.parse(headers.date ?? '') === Math.floor(date / 1_000) * 1_000;
}

/**
 * Whether a mail that names none of our messages may be a bounce: worth fetching, since only what it gives back says.
 * True of some mails that are none.
 */
export function isLikelyBounce(headers: MatchHeaders): boolean {
  const contentType = headers['content-type'] ?? '';
  if (/^\s*multipart\/report\b/i.test(contentType)) {
    return !/report-type\s*=\s*"?(?:disposition-notification|feedback-report)/i.test(contentType);
  }
  if (headers['x-failed-recipients'] !== undefined || isMailerDaemon(headers.from)) return true;
  if (isNullReturnPath(headers['return-path'])) return true;
  // RFC 3834 section 5: a notification about a mail is `auto-replied`; Sendmail says `auto-generated (failure)`.
  return /^\s*auto-(?:replied|generated\s*\(failure)/i.test(headers['auto-submitted'] ?? '');
}

/** RFC 5321 section 4.5.5: notifications have no sender, so that nobody answers them. */
export function isNullReturnPath(returnPath: string | undefined): boolean {
  return /^\s*<\s*>\s*$/.test(returnPath ?? '');
}

/** Whether a From field is one under which mail servers write. Anybody else can write it too. */
export function isMailerDaemon(from: string | undefined): boolean {
  if (from === undefined || from.length > 1_000) return false;
  const local = addressIn(from).split('@', 1)[0]?.trim() ?? '';
  if (
    /^"?(?:mailer[-_.]?daemon|mail[-_.]?daemon|post[-_.]?master|mdaemon|microsoftexchange[\da-f]{32})"?$/i.test(local)
  ) {
    return true;
  }
  const name = from.slice(0, Math.max(0, from.lastIndexOf('<')));
  return /mail[- ]delivery[- ](?:sub)?system|mail delivery service|mail[- ]delivery agent|mailer[- ]daemon|system administrator/i.test(
    name,
  );
}

function addressIn(from: string | undefined): string {
  return /<([^<>]*)>\s*$/.exec(from ?? '')?.[1] ?? from?.trim() ?? '';
}
