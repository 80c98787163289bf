// An attachment as nodemailer documents it → one of a request: https://nodemailer.com/message/attachments
import type { MailMessageData } from 'nodemailer/lib/mailer';
import * as v from 'valibot';
import type { Mail } from './mailroom.ts';
import { refusal } from './nodemailer-refusal.ts';

type GivenAttachment = NonNullable<MailMessageData['attachments']>[number];

/**
 * Copies for nodemailer to resolve: it writes what it has read into them, and callers use their options again.
 * @throws MailError REQUEST_INVALID naming the field
 */
export function copyAttachments(given: MailMessageData['attachments']): GivenAttachment[] {
  return [given ?? []].flat().map((attachment, index) => {
    for (const field of ['raw', 'headers'] as const) {
      if (attachment[field] !== undefined) throw refusal(`attachments.${index}.${field}`);
    }
    const isEmpty = !attachment.content && !attachment.path && !attachment.href;
    return { ...attachment, ...(isEmpty && { content: Buffer.alloc(0) }) };
  });
}

/** As nodemailer resolved it: content is a string, or encoded as base64. */
const ResolvedSchema = v.object({
  filename: v.string(),
  content: v.union([v.string(), v.instance(Uint8Array)]),
  encoding: v.optional(v.string()),
  contentType: v.string(),
  contentDisposition: v.optional(v.string()),
  cid: v.optional(v.string()),
});

/** @param given the same attachment before nodemailer guessed its type, which Mailroom does by itself */
export function readAttachment(
  resolved: unknown,
  given: GivenAttachment | undefined,
  index: number,
): NonNullable<Mail['attachments']>[number] {
  const parsed = v.safeParse(ResolvedSchema, resolved);
  if (!parsed.success) {
    const field = v.getDotPath(parsed.issues[0]) ?? '';
    throw refusal(`attachments.${index}.${field}`, 'is not as nodemailer documents it');
  }
  const { filename, content, encoding, contentType, contentDisposition, cid } = parsed.output;
  // What a mail client is told by default; Mailroom has no field to say otherwise.
  const shown = cid !== undefined && /^image\//i.test(contentType) ? 'inline' : 'attachment';
  if ((contentDisposition ?? shown) !== shown) {
    throw refusal(`attachments.${index}.contentDisposition`, `is ${shown} for this file: leave it out`);
  }
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content, encoding === 'base64' ? encoding : 'utf8')
      : Buffer.from(content);
  return {
    filename,
    content: bytes.toString('base64'),
    ...(given?.contentType !== undefined && { contentType: mediaTypeOf(given.contentType, index) }),
    ...(cid !== undefined && { contentId: cid }),
  };
}

/** The name of the file and UTF-8 are said anyway. */
const PARAMETER_SAID_ANYWAY = /^\s*(?:name\s*=|charset\s*=\s*"?(?:utf-?8|us-ascii)"?\s*$)/i;

function mediaTypeOf(contentType: string, index: number): string {
  const [type = '', ...parameters] = contentType.split(';');
  const lost = parameters.find((parameter) => parameter.trim() !== '' && !PARAMETER_SAID_ANYWAY.test(parameter));
  if (lost !== undefined) {
    throw refusal(`attachments.${index}.contentType`, `cannot have the parameter ${lost.split('=')[0]?.trim()}`);
  }
  return type.trim();
}
