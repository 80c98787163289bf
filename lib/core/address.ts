// Email addresses as RFC 5321 allows them in an envelope, and the header-safe text that may stand beside them.
import * as v from 'valibot';

declare const emailAddress: unique symbol;
/** By this name the declarations of schemas can import it, as they cannot a symbol. @public */
export interface EmailAddressBrand {
  readonly [emailAddress]: true;
}

/** An addr-spec that is safe in an SMTP command: `local@domain`, at most 254 octets (RFC 5321 section 4.5.3.1). */
export type EmailAddress = string & EmailAddressBrand;

/** A mailbox of RFC 5322 section 3.4: a display name, if there is one, and the address. */
export interface Address {
  readonly name?: string | undefined;
  readonly address: EmailAddress;
}

// Dot-atom local part (RFC 5322 3.2.3) with UTF-8 as RFC 6531 allows; quoted local parts are refused, Gmail has none.
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+(\.[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+)*$/u;
const DOMAIN =
  /^([\p{L}\p{N}]([\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.)+[\p{L}\p{N}]([\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u;
// A NUL, CR or LF ends a header or a command early; other C0 controls and DEL have no place in a header (RFC 5322 2.2).
const HEADER_UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f]/;

function isEmailAddress(text: string): text is EmailAddress {
  const at = text.lastIndexOf('@');
  if (at < 1 || !text.isWellFormed() || Buffer.byteLength(text) > 254) return false;
  const local = text.slice(0, at);
  return Buffer.byteLength(local) <= 64 && LOCAL_PART.test(local) && DOMAIN.test(text.slice(at + 1));
}

function isHeaderSafe(text: string): boolean {
  return text.isWellFormed() && !HEADER_UNSAFE.test(text);
}

export function domainOf(address: EmailAddress): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

export function sameDomain(one: string, other: string): boolean {
  const domain = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return domain(one) === domain(other);
}

/** Whether the domain of one is that of the other, above it or below it. */
export function isWithinDomain(one: string, other: string): boolean {
  const [a, b] = [one, other].map((address) => `.${address.slice(address.lastIndexOf('@') + 1).toLowerCase()}`);
  return a !== undefined && b !== undefined && (a.endsWith(b) || b.endsWith(a));
}

/** For comparing: Gmail ignores case in its own local parts, and so does nearly everyone. */
export function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export const EmailAddressSchema = v.pipe(
  v.string(),
  v.check(isEmailAddress, 'is not an email address (local@domain, without a display name, at most 254 bytes)'),
  v.transform((text) => text as EmailAddress),
);

/** One line of header text: no CR, LF, NUL or other control characters, no lone surrogates. */
export const HeaderTextSchema = v.pipe(
  v.string(),
  v.check(isHeaderSafe, 'must be one line without control characters or lone surrogates'),
);

/** A line may have 998 characters (RFC 5322 section 2.1.1), and ASCII is folded between its words only. */
const MAX_WORD = 900;
const MAX_LINE_TEXT = 4_096;

/** Header text of any content, such as a subject. */
export const LongHeaderTextSchema = v.pipe(
  HeaderTextSchema,
  v.maxLength(MAX_LINE_TEXT, 'is longer than 4,096 characters'),
  v.check(
    (text) => text.split(/[ \t]/).every((word) => word.length <= MAX_WORD),
    'has a word of more than 900 characters, which fits no header line',
  ),
);

/** encoded-word of RFC 2047 section 2: readers decode it wherever it stands, to text that nobody has checked. */
const ENCODED_WORD = /=\?[^\s?]+\?[BQ]\?[^\s?]*\?=/i;

export function hasEncodedWord(text: string): boolean {
  return ENCODED_WORD.test(text);
}

/** Header text that stands in quotes, where it cannot be encoded once more. */
export const QuotedTextSchema = v.pipe(
  HeaderTextSchema,
  v.check((text) => !hasEncodedWord(text), 'holds an encoded word (=?...?=): give the text that it stands for'),
);

export const NameSchema = v.pipe(QuotedTextSchema, v.maxLength(256, 'is longer than 256 characters'));

/** Accepts `'ada@example.org'` or `{name, address}`. */
export const AddressSchema = v.pipe(
  v.union(
    [EmailAddressSchema, v.strictObject({ name: v.optional(NameSchema), address: EmailAddressSchema })],
    addressProblem,
  ),
  v.transform((given): Address => (typeof given === 'string' ? { address: given } : given)),
);

function addressProblem(): string {
  return 'is not an email address: give "local@domain" or {name, address}, one line, without control characters';
}
