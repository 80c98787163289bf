// A mail as it came, taken apart: who, what they wrote now, and what hangs on it.
import EmailReplyParser from 'email-reply-parser';
import { convert } from 'html-to-text';
import PostalMime, { type Address, type Email } from 'postal-mime';
import { MailError } from '../core/errors.ts';
import type { MailContent } from '../core/reading-ports.ts';
import type { Correspondent } from '../core/reply.ts';
import { messageIdsIn } from '../core/thread.ts';
import { readMailDetails } from './mail-details.ts';

/** Deeper nesting and larger headers are attacks, not mail: they end in REPLY_UNREADABLE. */
const LIMITS = { maxNestingDepth: 50, maxHeadersSize: 1024 * 1024 };

/** What is forwarded within a mail is an attachment: its texts are not what the sender wrote, and its header is needed. */
const OPTIONS = { ...LIMITS, forceRfc822Attachments: true };

/** A mail as big as Gmail takes has 460,000 lines of base64; the parser takes its time over each line, however short. */
const MAX_LINES = 600_000;
const LINE_FEED = 0x0a;

/** Longer HTML does not fit an event, and over open tags the converter takes quadratic time. */
const MAX_HTML_CHARACTERS = 256 * 1024;

/** New text beyond this is in `fullText` only. */
const MAX_PARSED_CHARACTERS = 50_000;

/** @throws MailError REPLY_UNREADABLE */
export async function readMail(raw: Uint8Array): Promise<MailContent> {
  let mail: Email;
  let fullText: string;
  try {
    assertFewLines(raw);
    mail = await PostalMime.parse(raw, OPTIONS);
    fullText = mail.text ?? (mail.html === undefined ? '' : textOf(mail.html.slice(0, MAX_HTML_CHARACTERS)));
  } catch (error) {
    throw new MailError('REPLY_UNREADABLE', 'the mail cannot be parsed: read the raw bytes', { cause: error });
  }
  const references = messageIdsIn(mail.references);
  const [messageId] = messageIdsIn(mail.messageId);
  return {
    ...readMailDetails(mail, fullText, raw),
    from: flatten(mail.from)[0] ?? null,
    to: mail.to?.flatMap(flatten) ?? [],
    cc: mail.cc?.flatMap(flatten) ?? [],
    subject: mail.subject ?? '',
    ...(messageId !== undefined && { messageId }),
    references: references.length > 0 ? references : messageIdsIn(mail.inReplyTo),
    newText: new EmailReplyParser().read(boundedText(fullText)).getVisibleText().trim(),
    fullText,
    ...(mail.html !== undefined && { html: mail.html }),
    attachments: mail.attachments.map(({ filename, mimeType, content }) => ({
      filename,
      contentType: mimeType,
      bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength,
    })),
  };
}

function assertFewLines(raw: Uint8Array): void {
  let lines = 0;
  for (let at = raw.indexOf(LINE_FEED); at >= 0; at = raw.indexOf(LINE_FEED, at + 1)) lines += 1;
  if (lines > MAX_LINES) throw new RangeError(`${lines} lines, at most ${MAX_LINES} are read`);
}

/** The reply parser takes quadratic time over blank lines and long texts: it sees no run of them and a bounded length. */
function boundedText(text: string): string {
  let blanks = 0;
  const lines = text.slice(0, MAX_PARSED_CHARACTERS).split('\n');
  const kept = lines.filter((line) => {
    blanks = line.trim() === '' ? blanks + 1 : 0;
    return blanks <= 2;
  });
  return kept.join('\n');
}

/** Quoted text keeps its ">" marks, so that the reply parser finds it in HTML too. */
function textOf(html: string): string {
  return convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
    ],
  });
}

function flatten(address: Address | undefined): Correspondent[] {
  if (address === undefined) return [];
  if (address.group !== undefined) return address.group.flatMap(flatten);
  return [{ ...(address.name !== '' && { name: address.name }), address: address.address }];
}
