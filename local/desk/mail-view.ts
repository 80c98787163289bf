// A customer's mail as a mail client shows it: text, HTML, header, source and attachments.
import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import type { StoredMessage } from '../google/google.ts';
import type { MailSummary, MailView } from './desk-state.ts';

/** A mail does not change, so it is read once. */
const read = new WeakMap<StoredMessage, Promise<Email>>();
const MOST_SOURCE_BYTES = 256 * 1024;

export function readMail(message: StoredMessage): Promise<Email> {
  const known = read.get(message) ?? parse(message.raw);
  read.set(message, known);
  return known;
}

/** The parser refuses nesting and headers beyond reason. Such a mail hides no other, and its source can be looked at. */
function parse(raw: Buffer): Promise<Email> {
  return PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' }).catch((error) => ({
    ...{ headers: [], headerLines: [], attachments: [] },
    ...{ subject: '(not readable)', text: `${error}: see its source.` },
  }));
}

export async function summarise(message: StoredMessage): Promise<MailSummary> {
  const { from, to, subject, attachments } = await readMail(message);
  const isOwn = isSent(message);
  return {
    id: message.msgid,
    isOwn,
    correspondent: namesOf(isOwn ? to : from && [from]) || '(unknown)',
    subject: subject ?? '(no subject)',
    at: message.internalDate,
    attachments: attachments.length,
  };
}

export async function viewMail(message: StoredMessage): Promise<MailView> {
  const { from, to, cc, subject, text, html, headers, attachments } = await readMail(message);
  return {
    id: message.msgid,
    isOwn: isSent(message),
    from: addressesOf(from && [from]),
    to: addressesOf(to),
    cc: addressesOf(cc),
    subject: subject ?? '(no subject)',
    at: message.internalDate,
    text: text ?? '',
    hasHtml: html !== undefined,
    headers: headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
    source: {
      text: message.raw.toString('utf8', 0, MOST_SOURCE_BYTES),
      isWhole: message.raw.length <= MOST_SOURCE_BYTES,
    },
    attachments: attachments.map((attachment) => ({
      filename: attachment.filename ?? 'unnamed',
      contentType: attachment.mimeType,
      bytes: bytesOf(attachment).length,
    })),
  };
}

export function bytesOf({ content }: Attachment): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
}

function isSent({ labels }: StoredMessage): boolean {
  return labels.has('\\Sent');
}

function mailboxesIn(addresses: readonly Address[] = []) {
  return addresses.flatMap((entry) => (entry.group === undefined ? [entry] : entry.group));
}

function namesOf(addresses: readonly Address[] | undefined): string {
  return mailboxesIn(addresses)
    .map(({ name, address }) => name || address)
    .join(', ');
}

function addressesOf(addresses: readonly Address[] | undefined): string {
  return mailboxesIn(addresses)
    .map(({ name, address }) => (name === '' ? address : `${name} <${address}>`))
    .join(', ');
}
