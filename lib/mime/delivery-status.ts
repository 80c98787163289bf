// What a bounce says: which recipients it is about, why, and which mail it gives back. The machine-readable part counts
// (RFC 3464); where a server sent none, its prose.
import { addressParser } from 'postal-mime';
import type { BouncedRecipient, MailContent } from '../core/mail-content.ts';
import { isMailerDaemon, isNullReturnPath } from '../core/matching.ts';
import { readBounceText } from './bounce-text.ts';
import { replyStart } from './bounce-verdict.ts';
import { hasBounceSubject, saysUndelivered } from './bounce-words.ts';
import { readDeliveryStatusFields } from './delivery-status-fields.ts';
import { contentTypeOf, fieldOf, type ParsedMail, textOfPart } from './mail-parts.ts';
import { returnedMessageIds, returnedTo } from './returned-mail.ts';

type DeliveryStatus = NonNullable<MailContent['deliveryStatus']>;

const MACHINE_READABLE = ['message/delivery-status', 'message/global-delivery-status'];
const MAX_BYTES = 256 * 1024;
const MAX_LEAD_CHARACTERS = 4_000;
const MAX_RECIPIENTS = 100;

/** @returns undefined for a mail that is no bounce, whatever it quotes */
export function readDeliveryStatus(mail: ParsedMail): DeliveryStatus | undefined {
  const isReport = isDeliveryReport(mail);
  const isNotice = isReport || isFromServer(mail);
  if (!isNotice) return undefined;
  const reported = readReport(mail);
  if (reported.length > 0) return { recipients: reported, messageIds: returnedMessageIds(mail) };
  const subject = fieldOf(mail, 'subject') ?? '';
  if (!isReport && !saysFailure(mail, subject)) return undefined;
  const recipients = readBounceText({
    text: mail.text,
    subject,
    failed: failedRecipients(mail),
    own: ownAddresses(mail),
    returnedTo: returnedTo(mail),
  });
  const messageIds = returnedMessageIds(mail);
  // A report of some kind that names nobody and gives nothing back is no bounce that anyone could use.
  return isReport || recipients.length > 0 || messageIds.length > 0 ? { recipients, messageIds } : undefined;
}

/** multipart/report (RFC 6522), of another type than receipts and complaints, or of none. */
function isDeliveryReport(mail: ParsedMail): boolean {
  const { type, reportType } = contentTypeOf(fieldOf(mail, 'content-type'));
  if (type !== 'multipart/report') return false;
  if (reportType === 'delivery-status' || reportType === 'global-delivery-status') return true;
  return reportType === undefined && mail.parts.some(({ mimeType }) => MACHINE_READABLE.includes(mimeType));
}

/** As a mail server writes, which a person who forwards a bounce does not. */
function isFromServer(mail: ParsedMail): boolean {
  const from = fieldOf(mail, 'from');
  if (isMailerDaemon(from) || from === undefined || /^\s*<?\s*>?\s*$/.test(from)) return true;
  if (fieldOf(mail, 'x-failed-recipients') !== undefined) return true;
  return isNullReturnPath(fieldOf(mail, 'return-path')) && hasBounceSubject(fieldOf(mail, 'subject'));
}

/** Mail servers also write that a virus was found, or that a quota is near. */
function saysFailure(mail: ParsedMail, subject: string): boolean {
  if (fieldOf(mail, 'x-failed-recipients') !== undefined) return true;
  const lead = mail.text.slice(0, MAX_LEAD_CHARACTERS);
  return hasBounceSubject(subject) || saysUndelivered(lead) || replyStart(lead) >= 0;
}

function readReport(mail: ParsedMail): readonly BouncedRecipient[] {
  const parts = mail.parts.filter(({ mimeType }) => MACHINE_READABLE.includes(mimeType)).slice(0, 5);
  const found = parts.flatMap((part) => readDeliveryStatusFields(textOfPart(part, MAX_BYTES)));
  if (found.length > 0) return found;
  // Some servers label the fields text/plain, and where MIME is broken everything is text.
  const text = mail.text.slice(0, MAX_BYTES);
  return /^final-recipient[ \t]*:/im.test(text) ? readDeliveryStatusFields(text) : [];
}

function failedRecipients(mail: ParsedMail): readonly string[] {
  const field = fieldOf(mail, 'x-failed-recipients')?.slice(0, 20_000) ?? '';
  const addresses = field.split(/[\s,;<>]+/).filter((word) => /^[^@]+@[^@]+$/.test(word));
  return [...new Set(addresses)].slice(0, MAX_RECIPIENTS);
}

/** Whom the notice itself came to and from. */
function ownAddresses(mail: ParsedMail): readonly string[] {
  const fields = ['from', 'to', 'delivered-to', 'reply-to'].map((name) => fieldOf(mail, name)?.slice(0, 5_000));
  return fields.flatMap((field) => addressParser(field ?? '', { flatten: true }).map(({ address = '' }) => address));
}
