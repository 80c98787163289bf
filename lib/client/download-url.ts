// URLs by which a person downloads what a customer sent, without AWS credentials of their own. A browser must save it and
// never show it: what a customer attached would else run in the name of the bucket's host.
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as v from 'valibot';
import { MailError } from '../core/errors.ts';
import { parse } from '../core/parse.ts';
import type { ReplyEvent } from '../core/reply.ts';
import { type ObjectPlace, waitUntilStored } from './raw-mail.ts';

export interface DownloadOptions {
  /** Default: 900. At most seven days, and no longer than the credentials that sign it: those of a Lambda role end in hours. */
  readonly expiresInSeconds?: number;
}

export type Attachment = ReplyEvent['attachments'][number];

/** The longest that Signature Version 4 allows. */
const MAX_SECONDS = 7 * 86_400;
const SecondsSchema = v.pipe(v.number(), v.integer('must be whole seconds'), v.minValue(1), v.maxValue(MAX_SECONDS));

/** What no browser runs or renders with scripts, whatever bytes it holds. All else is bytes. */
const PASSIVE_TYPES = new Set([
  'application/pdf',
  'application/zip',
  'audio/mpeg',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/webp',
  'text/csv',
  'text/plain',
  'video/mp4',
]);
const BYTES = 'application/octet-stream';

/** @throws MailError RAW_MISSING where it is still being stored and does not come; REQUEST_INVALID */
export async function rawMailUrl(
  s3: S3Client,
  { raw }: Pick<ReplyEvent, 'raw'>,
  options: DownloadOptions = {},
): Promise<string> {
  const place = { Bucket: raw.bucket, Key: raw.key };
  if (raw.pending === true) await waitUntilStored(s3, place);
  // message/rfc822 may be MHTML, which browsers render.
  return sign(s3, place, options, { filename: 'mail.eml', contentType: BYTES });
}

/** @throws MailError REQUEST_INVALID where the attachment lies in the raw mail only */
export async function attachmentUrl(
  s3: S3Client,
  Bucket: string,
  { key, filename, contentType }: Attachment,
  options: DownloadOptions = {},
): Promise<string> {
  if (key !== undefined) return sign(s3, { Bucket, Key: key }, options, { filename, contentType });
  throw new MailError('REQUEST_INVALID', 'attachment: key: is missing, its content is in the raw mail: see rawMail', {
    details: { field: 'key' },
  });
}

function sign(
  s3: S3Client,
  place: ObjectPlace,
  { expiresInSeconds = 900 }: DownloadOptions,
  { filename, contentType }: Pick<Attachment, 'filename' | 'contentType'>,
): Promise<string> {
  const expiresIn = parse(SecondsSchema, expiresInSeconds, 'REQUEST_INVALID', 'expiresInSeconds');
  const type = contentType.trim().toLowerCase();
  const command = new GetObjectCommand({
    ...place,
    ResponseContentDisposition: contentDisposition(filename ?? ''),
    ResponseContentType: PASSIVE_TYPES.has(type) ? type : BYTES,
  });
  return getSignedUrl(s3, command, { expiresIn });
}

/** Separators of paths, controls, and marks that turn the direction of text, by which `exe.txt` may be `txt.exe`. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\:*?"<>|]/gu;
const MAX_FILENAME = 150;

/** RFC 6266 section 4.3: a name that any browser reads, and the true one as RFC 8187 (once 5987) writes it. */
export function contentDisposition(filename: string): string {
  const name = safeName(filename);
  // RFC 6266 appendix D: a "%" would be decoded by some.
  const ascii = name.replace(/[^\x20-\x7e]|[%"\\]/gu, '_');
  const encoded = encodeURIComponent(name).replace(/['()*!]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** Keeps the end, by which an operating system knows what to open it with. */
function safeName(filename: string): string {
  const clean = filename
    .toWellFormed()
    .replace(UNSAFE, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const letters = [...clean];
  if (letters.length > MAX_FILENAME) return `${letters.slice(0, 100).join('')}_${letters.slice(-20).join('')}`;
  return clean === '' ? 'attachment' : clean;
}
