// Makes the event that a consumer receives of a reply, small enough for a queue whatever the mail holds.
import { sameAddress } from '../../lib/core/address.ts';
import { MOST_ANSWERS } from '../../lib/core/automatic-answers.ts';
import type { MailContent } from '../../lib/core/mail-content.ts';
import type { SentMessage } from '../../lib/core/reading-ports.ts';
import type { Correspondent, ReplyEvent } from '../../lib/core/reply.ts';
import { formatHandle } from '../../lib/core/thread.ts';
import type { Match, Reply } from './find-replies.ts';
import { bounceOf } from './note-bounce.ts';

export interface FoundReply extends Omit<Reply, 'otherId' | 'match' | 'routing' | 'mayBounce'> {
  readonly match: Match;
  readonly raw: ReplyEvent['raw'];
}

/** What is known of a reply beside the mail itself. */
export interface KnownOfReply {
  /** Where each attachment lies in the bucket. */
  readonly attachmentKeys: readonly (string | undefined)[];
  /** Until when no automatic answer may go to its thread. */
  readonly stoppedUntil?: number | undefined;
}

const STOPPED = `${MOST_ANSWERS} automatic answers went to this thread within an hour: no other will be sent before stoppedUntil`;

/** An event as JSON: a quarter of what SQS takes, so that consumers can pass it on. */
const MAX_EVENT_BYTES = 256 * 1024;
const MAX_TEXT_CHARACTERS = 20_000;
/** Of recipients, and of attachments. */
export const MAX_LISTED = 100;
/** People have one; a list of them would only make an answer go to many. */
const MAX_REPLY_TO = 10;
const MAX_NAME_CHARACTERS = 255;

export function composeEvent(found: FoundReply, content: MailContent, known: KnownOfReply): ReplyEvent {
  const { attachmentKeys, stoppedUntil } = known;
  const { profile, mail, match } = found;
  const { sent, matchedBy } = match;
  const bounce = bounceOf(content, sent);
  const thread = threadOf(found);
  const event: ReplyEvent = {
    version: 1,
    kind: found.isByHand ? 'answered-by-hand' : content.kind,
    id: found.id,
    mailbox: profile.id,
    receivedAt: mail.receivedAt,
    from: content.from && shortenName(content.from),
    ...replyToOf(content),
    to: content.to.slice(0, MAX_LISTED).map(shortenName),
    cc: content.cc.slice(0, MAX_LISTED).map(shortenName),
    subject: cut(content.subject, 1_000),
    text: content.newText,
    ...(content.fullText !== content.newText && { fullText: content.fullText }),
    ...(content.html !== undefined && { html: content.html }),
    truncated: content.isCut ?? false,
    attachments: listAttachments(content, attachmentKeys),
    raw: found.raw,
    answers: { messageId: sent.messageId, context: sent.context, sentAt: sent.sentAt, to: [...sent.recipients] },
    matchedBy,
    ...(bounce !== undefined && { bounce }),
    ...calendarOf(content),
    isSpam: found.isSpam,
    sender: { ...content.authentication, wasRecipient: wasRecipient(content, sent) },
    thread,
    handle: formatHandle(profile.id, { ...answerTo(content, sent), thread }),
    ...(stoppedUntil !== undefined && { automaticAnswers: { stoppedUntil, reason: STOPPED } }),
  };
  return shorten(event);
}

function listAttachments(
  { attachments }: MailContent,
  keys: KnownOfReply['attachmentKeys'],
): ReplyEvent['attachments'] {
  return attachments.slice(0, MAX_LISTED).map(({ filename, contentType, bytes }, index) => {
    const key = keys[index];
    return {
      filename: filename && cut(filename, MAX_NAME_CHARACTERS),
      contentType: cut(contentType, MAX_NAME_CHARACTERS),
      bytes,
      ...(key !== undefined && { key }),
    };
  });
}

const GMAIL_THREAD = /^\d+$/;

/**
 * Gmail's, or that of the message which is answered: what one mail names as its first ancestor the next need not name.
 * Where we have answered in a thread already it stays that one: with each new subject Gmail would begin another, in which
 * nothing had been answered yet.
 */
export function threadOf({ mail, match }: Pick<FoundReply, 'mail' | 'match'>): string {
  const { thread } = match.sent;
  return GMAIL_THREAD.test(thread) ? thread : (mail.gmailThreadId ?? thread);
}

function calendarOf({ calendar }: MailContent): Pick<ReplyEvent, 'calendar'> {
  if (calendar === undefined) return {};
  const { uid, attendee, status } = calendar;
  return { calendar: { uid: cut(uid, 1_000), attendee: attendee && cut(attendee, MAX_NAME_CHARACTERS), status } };
}

function replyToOf({ replyTo = [] }: MailContent): Pick<ReplyEvent, 'replyTo'> {
  return replyTo.length === 0 ? {} : { replyTo: replyTo.slice(0, MAX_REPLY_TO).map(shortenName) };
}

function wasRecipient({ from }: MailContent, sent: SentMessage): boolean {
  return from !== null && sent.recipients.some((recipient) => sameAddress(recipient, from.address));
}

/** A mail without a Message-ID cannot be answered itself: the answer then follows our own message. */
function answerTo(content: MailContent, sent: SentMessage): { messageId: string; references: readonly string[] } {
  const { messageId, references } = content;
  return messageId === undefined ? { messageId: sent.messageId, references: [] } : { messageId, references };
}

function shortenName({ name, address }: Correspondent): Correspondent {
  const shortAddress = cut(address, MAX_NAME_CHARACTERS);
  return name === undefined
    ? { address: shortAddress }
    : { name: cut(name, MAX_NAME_CHARACTERS), address: shortAddress };
}

function cut(text: string, characters: number): string {
  return text.slice(0, characters).toWellFormed();
}

/** What a mail can do without, the least first; the last leaves nothing of any length. */
const CUTS: readonly ((event: ReplyEvent) => ReplyEvent)[] = [
  ({ html: _html, ...rest }) => rest,
  ({ fullText: _fullText, ...rest }) => ({ ...rest, text: cut(rest.text, MAX_TEXT_CHARACTERS) }),
  (event) => withShortLists(event, 20),
  (event) => ({ ...withShortLists(event, 5), text: cut(event.text, 2_000), subject: cut(event.subject, 200) }),
];

function shorten(event: ReplyEvent): ReplyEvent {
  let short = event;
  for (const cutOne of CUTS) {
    if (isSmall(short)) return short;
    short = { ...cutOne(short), truncated: true };
  }
  return short;
}

function withShortLists({ bounce, ...event }: ReplyEvent, most: number): ReplyEvent {
  const recipients = bounce?.recipients.slice(0, most).map((recipient) => ({
    ...recipient,
    address: cut(recipient.address, MAX_NAME_CHARACTERS),
    diagnostic: recipient.diagnostic && cut(recipient.diagnostic, 200),
  }));
  return {
    ...event,
    to: event.to.slice(0, most),
    cc: event.cc.slice(0, most),
    attachments: event.attachments.slice(0, most),
    ...(recipients && { bounce: { recipients } }),
  };
}

function isSmall(event: ReplyEvent): boolean {
  return Buffer.byteLength(JSON.stringify(event)) <= MAX_EVENT_BYTES;
}
