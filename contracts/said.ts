// What the checks of lib/core say, in the words of JSON Schema: each check by its message. A check that is not here stops the
// generator, so that none is left out in silence. What JSON Schema has no word for is a sentence in the description.
// Patterns keep to what the regular expressions of most languages share: no flags, no lookarounds, no \u escapes.
import { RESERVED, RESERVED_PREFIXES } from '../lib/core/headers.ts';

export type Keywords = Readonly<Record<string, unknown>>;

export interface Said {
  /** Refuses nothing that the check would take. */
  readonly keywords?: Keywords;
  /** What the check refuses besides; absent where the keywords say all of it. */
  readonly unsaid?: string;
}

// As lib/core/address.ts; a negated class of ASCII leaves what is beyond ASCII.
const ATOM = '[^\\x00-\\x20"(),.:;<>@\\[\\\\\\]\\x7f]+';
const DOMAIN_END = '[^\\x00-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f]';
const LABEL = `${DOMAIN_END}(?:[^\\x00-\\x2c\\x2e\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f]{0,61}${DOMAIN_END})?`;
const EMAIL = `^${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${LABEL}$`;

const WELL_FORMED = 'text is well-formed Unicode (no lone surrogates)';
const CHARACTERS = 'lengths are counted in UTF-16 code units, so that a character beyond U+FFFF counts twice';

export const SAID: Readonly<Record<string, Said>> = {
  'is not an email address (local@domain, without a display name, at most 254 bytes)': {
    keywords: { pattern: EMAIL, maxLength: 254 },
    unsaid:
      'an address has at most 254 bytes of UTF-8, 64 of them before the @, and a domain is made of letters, digits and hyphens of any script',
  },
  'must be one line without control characters or lone surrogates': {
    keywords: { pattern: '^[^\\x00-\\x08\\x0a-\\x1f\\x7f]*$' },
    unsaid: WELL_FORMED,
  },
  'is longer than 4,096 characters': { unsaid: CHARACTERS },
  'is longer than 256 characters': { unsaid: CHARACTERS },
  'is longer than 255 characters': { unsaid: CHARACTERS },
  'has a word of more than 900 characters, which fits no header line': {
    keywords: { not: { pattern: '[^ \\t]{901}' } },
    unsaid: CHARACTERS,
  },
  'holds an encoded word (=?...?=): give the text that it stands for': {
    keywords: { not: { pattern: '=\\?[^\\s?]+\\?[BQbq]\\?[^\\s?]*\\?=' } },
  },
  'must not contain NUL or lone surrogates': { keywords: { pattern: '^[^\\x00]*$' }, unsaid: WELL_FORMED },
  'must be JSON: null, booleans, finite numbers, well-formed strings, arrays and plain objects': {
    unsaid: 'context is nested at most 50 deep',
  },
  'is larger than 16 KiB as JSON': { unsaid: 'context has at most 16 KiB as JSON' },
  // In one class: a group would make engines that go back step by step run out of stack on an attachment.
  'is not padded base64 in one line': {
    keywords: { contentEncoding: 'base64', pattern: '^[A-Za-z0-9+/]*={0,2}$' },
    unsaid: 'base64 is padded to a multiple of four characters',
  },
  'is made of parts of its own: attach it as application/octet-stream': {
    keywords: { not: { pattern: `^(?:${anyCase('multipart')}|${anyCase('message')})/` } },
  },
  'is written by Mailroom: use the field of the request, if there is one': {
    keywords: { not: { pattern: reservedNames() } },
  },
  'has more than 50 headers': { keywords: { maxProperties: 50 } },
  'names no recipient: give to, cc or bcc': {
    keywords: {
      anyOf: ['to', 'cc', 'bcc'].map((field) => ({
        required: [field],
        properties: { [field]: { not: { const: [] } } },
      })),
    },
  },
  'together with cc and bcc has more than 100 recipients': { unsaid: 'to, cc and bcc name at most 100 together' },
  'is missing, and html too: give one of them': {
    keywords: { anyOf: [{ required: ['text'] }, { required: ['html'] }] },
  },
  'must be later than sendAt': {
    keywords: { properties: { notAfter: { exclusiveMinimum: 0 } } },
    unsaid: 'notAfter is later than sendAt',
  },
  'has an Auto-Submitted, which automatic writes: leave one of them out': {
    keywords: {
      if: { required: ['automatic'], properties: { automatic: { const: true } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: { properties: { headers: { propertyNames: { not: { pattern: `^${anyCase('auto-submitted')}$` } } } } },
    },
  },
};

function reservedNames(): string {
  const whole = [...RESERVED].map(anyCase).join('|');
  return `^(?:(?:${whole})$|${RESERVED_PREFIXES.map(anyCase).join('|')})`;
}

/** JSON Schema has no flag for it. */
function anyCase(text: string): string {
  return text.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}
