// The Authentication-Results field, by the grammar of RFC 8601 section 2.2. What does not follow it is no result at all.

export interface AuthenticationResult {
  /** `dkim`, `spf`, `dmarc`, …; in lower case. */
  readonly method: string;
  readonly version?: number;
  /** `pass`, `fail`, …; in lower case. */
  readonly result: string;
  readonly reason?: string;
  readonly properties: readonly ResultProperty[];
}

interface ResultProperty {
  /** `header`, `smtp`, `policy`, …; in lower case. */
  readonly type: string;
  /** In lower case. */
  readonly name: string;
  readonly value: string;
}

export interface AuthenticationResults {
  readonly authservId: string;
  readonly version?: number;
  /** Empty where the field says `none`. */
  readonly results: readonly AuthenticationResult[];
  /** What stands in parentheses: prose, but of a server that may have copied a sender's words into it. */
  readonly comments: readonly string[];
}

/** No server writes longer ones. */
const MAX_CHARACTERS = 32_768;

const TOKEN = /[^\s\p{Cc}()<>@,;:\\"/[\]?=]+/uy;
/** RFC 5321's Keyword as RFC 8601 uses it: letters, digits and hyphens; Microsoft's `x-…` and `compauth` are ones too. */
const KEYWORD = /[a-z\d](?:[a-z\d_-]*[a-z\d])?/iy;
const DIGITS = /\d{1,4}/y;
/**
 * An unquoted pvalue. Wider than the grammar: Gmail writes local parts with `=` (`bounces+ada=customer.example@…`), and
 * base64 in header.b with `/`, as they came.
 */
const BARE_VALUE = /[^\s\p{Cc}();"\\,<>]+/uy;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;

/** @param field the field's body, unfolded or folded */
export function parseAuthenticationResults(field: string): AuthenticationResults | undefined {
  if (field.length > MAX_CHARACTERS) return undefined;
  const scanner = createScanner(field);
  const authservId = scanner.skip() && (scanner.take(TOKEN) ?? scanner.quoted());
  if (!authservId || !scanner.skip()) return undefined;
  const version = scanner.take(DIGITS);
  const results = readResults(scanner);
  if (results === undefined) return undefined;
  return { authservId, ...(version && { version: Number(version) }), results, comments: scanner.comments };
}

interface Scanner {
  readonly comments: string[];
  /** Passes white space and comments. False where a comment does not end. */
  skip(): boolean;
  take(pattern: RegExp): string | undefined;
  quoted(): string | undefined;
  /** Passes one character, with CFWS on both sides. */
  mark(character: string): boolean;
  isAtEnd(): boolean;
  back(to: number): void;
  at(): number;
}

function createScanner(text: string): Scanner {
  let at = 0;
  const comments: string[] = [];
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    if (found !== undefined) at += found[0].length;
    return found;
  };
  const skip = (): boolean => {
    for (;;) {
      match(/\s+/y);
      if (text[at] !== '(') return true;
      const end = endOfComment(text, at);
      if (end === undefined) return false;
      comments.push(text.slice(at + 1, end - 1));
      at = end;
    }
  };
  const mark = (character: string): boolean => {
    if (!skip() || text[at] !== character) return false;
    at += 1;
    return skip();
  };
  return {
    comments,
    skip,
    mark,
    take: (pattern) => match(pattern)?.[0],
    quoted: () => match(QUOTED)?.[1]?.replaceAll(/\\(.)/gs, '$1'),
    isAtEnd: () => at >= text.length,
    at: () => at,
    back: (to) => {
      at = to;
    },
  };
}

/** Comments nest (RFC 5322 section 3.2.2), so no pattern finds their end. */
function endOfComment(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '(') depth += 1;
    else if (text[at] === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

function readResults(scanner: Scanner): AuthenticationResult[] | undefined {
  const results: AuthenticationResult[] = [];
  while (scanner.mark(';')) {
    // A server that writes a result per line leaves a semicolon behind the last.
    if (scanner.isAtEnd() && results.length > 0) return results;
    const result = readResult(scanner);
    if (result === 'none') return results.length === 0 && scanner.isAtEnd() ? [] : undefined;
    if (result === undefined) return undefined;
    results.push(result);
  }
  return scanner.isAtEnd() && results.length > 0 ? results : undefined;
}

function readResult(scanner: Scanner): AuthenticationResult | 'none' | undefined {
  const method = scanner.take(KEYWORD)?.toLowerCase();
  if (method === undefined || !scanner.skip()) return undefined;
  if (method === 'none' && scanner.isAtEnd()) return 'none';
  const version = scanner.mark('/') ? scanner.take(DIGITS) : undefined;
  if (!scanner.mark('=')) return undefined;
  const result = scanner.take(KEYWORD)?.toLowerCase();
  if (result === undefined || !scanner.skip()) return undefined;
  const reason = readReason(scanner);
  const properties = readProperties(scanner);
  if (reason === null || properties === undefined) return undefined;
  return {
    method,
    ...(version !== undefined && { version: Number(version) }),
    result,
    ...(reason !== undefined && { reason }),
    properties,
  };
}

/** Undefined where there is none, null where it is malformed. */
function readReason(scanner: Scanner): string | null | undefined {
  const start = scanner.at();
  if (scanner.take(KEYWORD)?.toLowerCase() === 'reason' && scanner.mark('=')) {
    const reason = scanner.quoted() ?? scanner.take(TOKEN);
    return reason === undefined || !scanner.skip() ? null : reason;
  }
  scanner.back(start);
  return undefined;
}

function readProperties(scanner: Scanner): ResultProperty[] | undefined {
  const properties: ResultProperty[] = [];
  for (;;) {
    const type = scanner.take(KEYWORD)?.toLowerCase();
    if (type === undefined) return properties;
    if (!scanner.mark('.')) return undefined;
    const name = scanner.take(KEYWORD)?.toLowerCase();
    if (name === undefined || !scanner.mark('=')) return undefined;
    const value = readValue(scanner);
    if (value === undefined || !scanner.skip()) return undefined;
    properties.push({ type, name, value });
  }
}

/** `value / [ [ local-part ] "@" ] domain-name`; a local part may be quoted. */
function readValue(scanner: Scanner): string | undefined {
  const quoted = scanner.quoted();
  const bare = scanner.take(BARE_VALUE);
  if (quoted === undefined) return bare;
  if (bare === undefined) return quoted;
  return bare.startsWith('@') ? `"${quoted}"${bare}` : undefined;
}
