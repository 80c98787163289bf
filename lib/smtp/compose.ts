// A message as the bytes that go onto the wire (RFC 5322, MIME): the same message and identity give the same bytes.
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import { encodeWord } from 'nodemailer/lib/mime-funcs';
import { type Address, hasEncodedWord } from '../core/address.ts';
import type { MailboxProfile } from '../core/mailbox.ts';
import { type Message, recipientsOf } from '../core/message.ts';
import { sha256 } from '../core/message-key.ts';
import type { ComposedMail, Identity } from '../core/sending-ports.ts';

export function compose(message: Message, identity: Identity, profile: MailboxProfile): ComposedMail {
  return {
    envelope: {
      // Bounces must come back to the mailbox that is read, whatever alias the mail is from.
      from: profile.address,
      to: recipientsOf(message).map((recipient) => recipient.address),
    },
    open: () => createComposer(message, identity, profile).compile().createReadStream(),
  };
}

function createComposer(message: Message, { messageId, date }: Identity, profile: MailboxProfile): MailComposer {
  const { answerTo } = message;
  return new MailComposer({
    from: toHeader({
      name: message.from?.name ?? profile.name,
      address: message.from?.address ?? profile.address,
    }),
    to: message.to.map(toHeader),
    cc: message.cc.map(toHeader),
    // Bcc recipients stand in the envelope only.
    replyTo: message.replyTo.map(toHeader),
    subject: toLiteral(message.subject),
    text: message.text,
    html: message.html,
    headers: headersOf(message),
    messageId,
    date: new Date(date),
    ...(answerTo && { inReplyTo: answerTo.messageId, references: [...answerTo.references] }),
    attachments: message.attachments.map((attachment) => ({
      filename: attachment.filename,
      content: Readable.from(decoded(attachment.content), { objectMode: false }),
      // What nodemailer would take for a mail of its own it would not encode, and so change.
      contentType: attachment.contentType ?? (isMail(attachment.filename) ? 'application/octet-stream' : undefined),
      cid: attachment.contentId,
    })),
    // nodemailer draws boundaries at random unless it is given their common part.
    baseBoundary: sha256(messageId).slice(0, 32),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** The caller's own headers, and of an automatic answer the word that keeps two programs from answering each other. */
function headersOf({ headers, automatic }: Message): Record<string, string> {
  const own = Object.entries(headers).map(([name, value]) => [name, toLiteral(value)]);
  // RFC 3834 section 3.1.7.
  return Object.fromEntries(automatic ? [...own, ['Auto-Submitted', 'auto-replied']] : own);
}

/** What looks like an encoded word is encoded once more, so that it reads as it was written. */
function toLiteral(text: string): string {
  return hasEncodedWord(text) ? encodeWord(text, 'B', 52) : text;
}

function isMail(filename: string): boolean {
  return /\.(?:eml|mht|mhtml|mime|nws)$/i.test(filename);
}

/** A multiple of four characters, which decode to three bytes. */
const SLICE_CHARACTERS = 16_384;

/** Piece by piece, as it goes onto the wire: decoded as a whole it would be held twice. */
function* decoded(base64: string): Generator<Buffer> {
  for (let start = 0; start < base64.length; start += SLICE_CHARACTERS) {
    yield Buffer.from(base64.slice(start, start + SLICE_CHARACTERS), 'base64');
  }
}

function toHeader({ name, address }: Address): { name: string; address: string } {
  return { name: name ?? '', address };
}
