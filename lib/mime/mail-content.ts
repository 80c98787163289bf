// A mail as it came, taken apart: who, what they wrote now, and what hangs on it.
import PostalMime, { type Address, type Email } from 'postal-mime';
import { MailError } from '../core/errors.ts';
import type { MailContent } from '../core/mail-content.ts';
import type { Correspondent } from '../core/reply.ts';
import { messageIdsIn } from '../core/thread.ts';
import { readMailDetails } from './mail-details.ts';
import { replyTextOf } from './reply-text.ts';

/** Deeper nesting and larger headers are attacks, not mail: they end in REPLY_UNREADABLE. */
const LIMITS = { maxNestingDepth: 50, maxHeadersSize: 1024 * 1024 };

/** What is forwarded within a mail is an attachment: its texts are not what the sender wrote, and its header is needed. */
const OPTIONS = { ...LIMITS, forceRfc822Attachments: true };

/** A mail as big as Gmail takes has 460,000 lines of base64; the parser takes its time over each line, however short. */
const MAX_LINES = 600_000;
const LINE_FEED = 0x0a;

/** @throws MailError REPLY_UNREADABLE whatever it is about the mail that cannot be read */
export async function readMail(raw: Uint8Array): Promise<MailContent> {
  try {
    assertFewLines(raw);
    const mail = await PostalMime.parse(raw, OPTIONS);
    return contentOf(mail, raw);
  } catch (error) {
    throw new MailError('REPLY_UNREADABLE', 'the mail cannot be parsed: read the raw bytes', { cause: error });
  }
}

function contentOf(mail: Email, raw: Uint8Array): MailContent {
  const said = replyTextOf(mail);
  const references = messageIdsIn(mail.references);
  const [messageId] = messageIdsIn(mail.messageId);
  return {
    ...readMailDetails(mail, said.fullText, raw),
    from: flatten(mail.from)[0] ?? null,
    ...(mail.replyTo !== undefined && { replyTo: mail.replyTo.flatMap(flatten) }),
    to: mail.to?.flatMap(flatten) ?? [],
    cc: mail.cc?.flatMap(flatten) ?? [],
    subject: mail.subject ?? '',
    ...(messageId !== undefined && { messageId }),
    references: references.length > 0 ? references : messageIdsIn(mail.inReplyTo),
    ...said,
    ...(mail.html !== undefined && { html: mail.html }),
    attachments: mail.attachments.map(({ filename, mimeType, content }) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
      return { filename, contentType: mimeType, bytes: bytes.byteLength, content: bytes };
    }),
  };
}

function assertFewLines(raw: Uint8Array): void {
  let lines = 0;
  for (let at = raw.indexOf(LINE_FEED); at >= 0; at = raw.indexOf(LINE_FEED, at + 1)) lines += 1;
  if (lines > MAX_LINES) throw new RangeError(`${lines} lines, at most ${MAX_LINES} are read`);
}

function flatten(address: Address | undefined): Correspondent[] {
  if (address === undefined) return [];
  if (address.group !== undefined) return address.group.flatMap(flatten);
  return [{ ...(address.name !== '' && { name: address.name }), address: address.address }];
}
