// Headers of a caller's own, such as List-Unsubscribe: which names are free, and that no value can start another header.
import * as v from 'valibot';
import { LongHeaderTextSchema } from './address.ts';
import { noList } from './no-list.ts';

/** Written by Mailroom, nodemailer or the servers on the way; the request has a field of its own for most of them. */
export const RESERVED: ReadonlySet<string> = new Set(
  'from sender reply-to to cc bcc subject date message-id in-reply-to references return-path received mime-version delivered-to authentication-results dkim-signature'.split(
    ' ',
  ),
);
export const RESERVED_PREFIXES: readonly string[] = ['content-', 'resent-', 'arc-', 'x-google-', 'x-gm-'];

// ftext of RFC 5322 section 3.6.8; the line limit of section 2.1.1 leaves no room for longer names.
const FIELD_NAME = /^[\x21-\x39\x3b-\x7e]{1,76}$/;

const HeaderNameSchema = v.pipe(
  v.string(),
  v.regex(FIELD_NAME, 'is not a header name: 1 to 76 printable ASCII characters without a colon'),
  v.check(isFree, 'is written by Mailroom: use the field of the request, if there is one'),
);

export const HeadersSchema = noList(
  v.pipe(
    v.record(HeaderNameSchema, LongHeaderTextSchema),
    v.check((headers) => Object.keys(headers).length <= 50, 'has more than 50 headers'),
  ),
);

function isFree(name: string): boolean {
  const lower = name.toLowerCase();
  return !RESERVED.has(lower) && !RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix));
}
