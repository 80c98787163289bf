// The lines behind a multi-line answer (RFC 1939 section 3): up to the line that is a lone dot, stuffed dots removed.
// Bytes in, bytes out, wherever segments are cut: mail is not text. Only CRLF.CRLF ends it.

const LINE_END = Buffer.from('\r\n');
const DOT_AT_START = Buffer.from('\r\n.');
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

export interface Decoded {
  readonly data: Buffer;
  /** What came behind the end; undefined while there is none. */
  readonly rest?: Buffer;
}

export class DottedAnswer {
  /** What may be the beginning of a line end with a dot: at first the line end before the answer. */
  #held: Buffer = LINE_END;
  /** Of what is held, what is not of the answer. */
  #foreign = LINE_END.length;

  decode(came: Buffer): Decoded {
    const window = Buffer.concat([this.#held, came]);
    const kept: Buffer[] = [];
    let from = this.#foreign;
    for (let at = window.indexOf(DOT_AT_START); at >= 0; at = window.indexOf(DOT_AT_START, at + DOT_AT_START.length)) {
      const kind = dotAt(window, at + DOT_AT_START.length);
      if (kind === 'undecided') return this.#hold(window, at, kept, from);
      kept.push(window.subarray(from, at + LINE_END.length));
      from = at + DOT_AT_START.length;
      if (kind === 'end') return { data: Buffer.concat(kept), rest: window.subarray(from + LINE_END.length) };
    }
    return this.#hold(window, Math.max(from, window.length - heldAtEnd(window)), kept, from);
  }

  #hold(window: Buffer, at: number, kept: Buffer[], from: number): Decoded {
    this.#held = window.subarray(at);
    this.#foreign = Math.max(0, this.#foreign - at);
    if (from < at) kept.push(window.subarray(from, at));
    return { data: Buffer.concat(kept) };
  }
}

function dotAt(window: Buffer, behind: number): 'end' | 'stuffed' | 'undecided' {
  const [next, afterNext] = [window[behind], window[behind + 1]];
  if (next === undefined) return 'undecided';
  if (next !== CARRIAGE_RETURN) return 'stuffed';
  if (afterNext === undefined) return 'undecided';
  return afterNext === LINE_FEED ? 'end' : 'stuffed';
}

function heldAtEnd(window: Buffer): number {
  if (window.at(-1) === CARRIAGE_RETURN) return 1;
  return window.at(-1) === LINE_FEED && window.at(-2) === CARRIAGE_RETURN ? 2 : 0;
}
