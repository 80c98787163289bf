// IMAP command syntax (RFC 9051 9): atoms, quoted strings, literals and lists into a token tree. Literals have been
// taken off the wire before; in the text each stands as {n} CRLF and is looked up in order.

export type Token =
  | { kind: 'atom'; text: string }
  | { kind: 'string'; bytes: Buffer }
  | { kind: 'list'; items: Token[] };

export interface ImapCommand {
  tag: string;
  name: string;
  /** By UID: `UID FETCH` is FETCH with this set. */
  byUid: boolean;
  arguments: Token[];
}

export class ImapSyntaxError extends Error {}

/** Lines of one command, each but the last ending in a literal announcement that `literals` answers in order. */
export interface RawCommand {
  lines: Buffer[];
  literals: Buffer[];
}

const maxDepth = 30;

export function parseCommand(raw: RawCommand): ImapCommand {
  const reader = new TokenReader(raw);
  const [tag, first, ...rest] = reader.readAll();
  if (tag?.kind !== 'atom' || !/^[^\s+(){%*"\\]+$/.test(tag.text)) throw new ImapSyntaxError('no tag');
  if (first?.kind !== 'atom') throw new ImapSyntaxError('no command');
  const name = first.text.toUpperCase();
  if (name !== 'UID') return { tag: tag.text, name, byUid: false, arguments: rest };
  const [second, ...others] = rest;
  if (second?.kind !== 'atom') throw new ImapSyntaxError('no command after UID');
  return { tag: tag.text, name: second.text.toUpperCase(), byUid: true, arguments: others };
}

/** `{123}` or `{123+}` (LITERAL-) at the end of a line. */
export function literalAt(line: Buffer): { bytes: number; synchronising: boolean } | undefined {
  if (line.at(-1) !== 0x7d) return undefined;
  const found = /\{(\d{1,10})(\+?)\}$/.exec(line.toString('latin1', Math.max(0, line.length - 16)));
  return found ? { bytes: Number(found[1]), synchronising: found[2] === '' } : undefined;
}

class TokenReader {
  readonly #raw: RawCommand;
  #line = 0;
  #at = 0;
  #text: string;

  constructor(raw: RawCommand) {
    this.#raw = raw;
    this.#text = raw.lines[0]?.toString('latin1') ?? '';
  }

  readAll(): Token[] {
    const items = this.#items(0);
    if (this.#at < this.#text.length) throw new ImapSyntaxError('unbalanced parenthesis');
    return items;
  }

  #items(depth: number): Token[] {
    if (depth > maxDepth) throw new ImapSyntaxError('nested too deep');
    const items: Token[] = [];
    for (;;) {
      while (this.#text[this.#at] === ' ') this.#at += 1;
      const char = this.#text[this.#at];
      if (char === undefined || char === ')') return items;
      items.push(this.#item(char, depth));
    }
  }

  #item(char: string, depth: number): Token {
    if (char === '"') return this.#quoted();
    if (char === '(') return this.#list(depth);
    const rest = this.#text.slice(this.#at);
    if (/^~?\{\d{1,10}\+?\}$/.test(rest)) return this.#literal();
    return this.#atom();
  }

  #list(depth: number): Token {
    this.#at += 1;
    const items = this.#items(depth + 1);
    if (this.#text[this.#at] !== ')') throw new ImapSyntaxError('unbalanced parenthesis');
    this.#at += 1;
    return { kind: 'list', items };
  }

  #quoted(): Token {
    const found = /"((?:[^"\\]|\\.)*)"/y;
    found.lastIndex = this.#at;
    const match = found.exec(this.#text);
    if (!match) throw new ImapSyntaxError('unterminated string');
    this.#at = found.lastIndex;
    return { kind: 'string', bytes: Buffer.from((match[1] ?? '').replace(/\\(.)/g, '$1'), 'latin1') };
  }

  #literal(): Token {
    const bytes = this.#raw.literals[this.#line];
    if (!bytes) throw new ImapSyntaxError('literal without its bytes');
    this.#line += 1;
    this.#text = this.#raw.lines[this.#line]?.toString('latin1') ?? '';
    this.#at = 0;
    return { kind: 'string', bytes };
  }

  /** An atom; a FETCH section in brackets belongs to it, blanks, strings, literals and all. */
  #atom(): Token {
    let text = '';
    let inSection = false;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const char = this.#text.charAt(this.#at);
      if (inSection && /^\{\d{1,10}\+?\}$/.test(this.#text.slice(this.#at))) {
        text += quote(this.#literal());
        this.#at -= 1;
        continue;
      }
      if (!inSection && /[\s()"]/.test(char)) break;
      if (char === '[') inSection = true;
      if (char === ']') inSection = false;
      text += char;
    }
    if (text === '') throw new ImapSyntaxError(`unexpected ${this.#text.charAt(this.#at)}`);
    return { kind: 'atom', text };
  }
}

function quote(token: Token): string {
  return token.kind === 'string' ? token.bytes.toString('latin1') : '';
}

/** An astring as text; undefined for a list or nothing. */
export function textOf(token: Token | undefined): string | undefined {
  if (token?.kind === 'atom') return Buffer.from(token.text, 'latin1').toString('utf8');
  if (token?.kind === 'string') return token.bytes.toString('utf8');
  return undefined;
}

export function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new ImapSyntaxError(`missing ${what}`);
  return value;
}
