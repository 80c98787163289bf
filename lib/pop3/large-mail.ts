// What a large mail says, by its first half megabyte: POP3 can leave out its end and nothing else.
import PostalMime, { type Attachment } from 'postal-mime';
import type { MailOutline } from '../core/mail-content.ts';

/** Texts stand before what hangs on them in nearly all mail. */
export const OUTLINE_BYTES = 512 * 1024;
/** As many lines of base64 (RFC 2045 section 6.8) hold as much. */
export const OUTLINE_LINES = Math.ceil(OUTLINE_BYTES / 78);

/** @param mail its beginning. @param bytes of all of it */
export async function outlineOf(mail: Buffer, bytes: number): Promise<MailOutline> {
  const attachments = (await attachmentsIn(mail)).map(describe);
  // The last of them is where the mail was cut; base64 has 57 bytes in 78.
  const missing = Math.round((Math.max(0, bytes - mail.length) * 57) / 78);
  const last = attachments.pop();
  return {
    mail,
    attachments: last === undefined ? [] : [...attachments, { ...last, bytes: last.bytes + missing }],
    isCut: true,
  };
}

/** None of a mail that cannot be parsed: whoever reads its text finds out, and says so. */
async function attachmentsIn(mail: Buffer): Promise<readonly Attachment[]> {
  try {
    return (await PostalMime.parse(mail)).attachments;
  } catch {
    return [];
  }
}

function describe({ filename, mimeType, content }: Attachment): MailOutline['attachments'][number] {
  const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  return { filename, contentType: mimeType, bytes };
}
