// A file that travels inside a send request: base64 content, and how a mail client is to show it.
import * as v from 'valibot';
import { QuotedTextSchema } from './address.ts';

// type/subtype of RFC 6838 section 4.2; parameters are not the caller's to set.
const CONTENT_TYPE = /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}$/;
// What may stand in angle brackets in a Content-ID and after "cid:" in the HTML without further quoting.
const CONTENT_ID = /^[\w.@+-]{1,128}$/;

export const AttachmentSchema = v.strictObject({
  filename: v.pipe(QuotedTextSchema, v.minLength(1, 'is empty'), v.maxLength(255, 'is longer than 255 characters')),
  /** Base64 (RFC 4648 section 4), padded, in one line. */
  content: v.pipe(v.string(), v.check(isBase64, 'is not padded base64 in one line')),
  /** Default: what the file name says. */
  contentType: v.optional(
    v.pipe(
      v.string(),
      v.regex(CONTENT_TYPE, 'is not a media type such as application/pdf'),
      v.check(isOfAFile, 'is made of parts of its own: attach it as application/octet-stream'),
    ),
  ),
  /** Given, the file is shown where the HTML says `cid:CONTENT_ID`. */
  contentId: v.optional(v.pipe(v.string(), v.regex(CONTENT_ID, 'may hold 1 to 128 of letters, digits and . _ @ + -'))),
});

/** Bodies of these types may not be encoded in base64 (RFC 2045 section 6.4), so the file would be changed on its way. */
function isOfAFile(contentType: string): boolean {
  return !/^(?:multipart|message)\//i.test(contentType);
}

/** By character code: a regular expression over 30 MB overflows V8's stack. */
function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  for (let i = 0; i < text.length - padding; i++) {
    if (!isBase64Character(text.charCodeAt(i))) return false;
  }
  return true;
}

function isBase64Character(code: number): boolean {
  const isDigit = code >= 0x30 && code <= 0x39;
  const isUpper = code >= 0x41 && code <= 0x5a;
  const isLower = code >= 0x61 && code <= 0x7a;
  return isLower || isUpper || isDigit || code === 0x2b || code === 0x2f;
}
