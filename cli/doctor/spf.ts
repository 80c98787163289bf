// Whether a domain's SPF record lets Google send for it (RFC 7208), as a receiver would find out: through includes and
// redirects, and within ten lookups.
import { isIP } from 'node:net';

export type TextAnswer =
  | { readonly kind: 'found'; readonly records: readonly string[] }
  | { readonly kind: 'none' }
  /** The name server did not answer, or refused. */
  | { readonly kind: 'failed'; readonly code: string };
export type AskTexts = (name: string) => Promise<TextAnswer>;

export type SpfVerdict =
  | { readonly kind: 'good'; readonly lookups: number; readonly isOpenToAll: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'without-google' }
  /** Google is reached, but not all that stands behind it. */
  | { readonly kind: 'too-long' }
  /** A receiver takes it for an error (section 4.6): it helps nobody. */
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'failed'; readonly name: string; readonly code: string };

const GOOGLE = '_spf.google.com';
const MOST_LOOKUPS = 10;

export async function examineSpf(domain: string, ask: AskTexts): Promise<SpfVerdict> {
  const walk = new Walk(ask);
  try {
    const all = await walk.follow(domain, true);
    if (all === undefined) return { kind: 'none' };
    if (!walk.hasGoogle) return { kind: 'without-google' };
    return { kind: 'good', lookups: walk.lookups, isOpenToAll: all === '+' };
  } catch (error) {
    if (error instanceof Ended) return error.verdict;
    throw error;
  }
}

/** Ends the walk at once, wherever it is. */
class Ended extends Error {
  readonly verdict: SpfVerdict;

  constructor(verdict: SpfVerdict) {
    super(verdict.kind);
    this.verdict = verdict;
  }
}

class Walk {
  readonly #ask: AskTexts;
  lookups = 0;
  hasGoogle = false;

  constructor(ask: AskTexts) {
    this.#ask = ask;
  }

  /** Answers the qualifier of its `all`, `?` without one; undefined where the first domain has no record. */
  async follow(domain: string, isFirst: boolean): Promise<string | undefined> {
    const record = await this.#record(domain);
    if (record === undefined) {
      if (isFirst) return undefined;
      throw broken(`${domain} is named in it and has no SPF record`);
    }
    const { terms, all, redirect } = parseRecord(domain, record);
    for (const { name, argument, qualifier } of terms) {
      if (!LOOKING_UP.has(name)) continue;
      this.#count();
      if (name !== 'include' || argument.includes('%')) continue;
      this.#note(argument, qualifier);
      await this.follow(argument, false);
    }
    if (all !== undefined || redirect === undefined) return all ?? '?';
    this.#count();
    this.#note(redirect, '+');
    return this.follow(redirect, false);
  }

  async #record(domain: string): Promise<string | undefined> {
    const answer = await this.#ask(domain);
    if (answer.kind === 'failed') throw new Ended({ kind: 'failed', name: domain, code: answer.code });
    const records = answer.kind === 'none' ? [] : answer.records.filter((text) => /^v=spf1(?: |$)/i.test(text));
    if (records.length > 1) throw broken(`${domain} has ${records.length} SPF records, and may have one`);
    return records[0];
  }

  #note(target: string, qualifier: string): void {
    if (target.toLowerCase().replace(/\.$/, '') === GOOGLE && qualifier === '+') this.hasGoogle = true;
  }

  /** Section 4.6.4: more are an error. */
  #count(): void {
    this.lookups += 1;
    if (this.lookups <= MOST_LOOKUPS) return;
    // A receiver stops where it matches: mail from Google never gets here.
    if (this.hasGoogle) throw new Ended({ kind: 'too-long' });
    throw broken('it takes more than the ten lookups that a receiver makes');
  }
}

const LOOKING_UP: ReadonlySet<string> = new Set(['include', 'a', 'mx', 'ptr', 'exists']);

interface Term {
  readonly name: string;
  readonly argument: string;
  readonly qualifier: string;
}

interface SpfRecord {
  /** Those before `all`: what follows it is never looked at (section 5.1). */
  readonly terms: readonly Term[];
  readonly all: string | undefined;
  readonly redirect: string | undefined;
}

function parseRecord(domain: string, record: string): SpfRecord {
  const words = record.split(/ +/).slice(1).filter(Boolean);
  const modifiers = words.filter((word) => /^[a-z][\w.-]*=/i.test(word));
  const terms = words.filter((word) => !modifiers.includes(word)).map((word) => parseTerm(domain, word));
  const end = terms.findIndex(({ name }) => name === 'all');
  const redirects = modifiers.filter((word) => /^redirect=/i.test(word)).map((word) => word.slice('redirect='.length));
  if (redirects.length > 1) throw broken(`${domain} redirects twice`);
  return { terms: end < 0 ? terms : terms.slice(0, end), all: terms[end]?.qualifier, redirect: redirects[0] };
}

/** Section 12; of a domain only that there is one. */
const TERM = /^([+?~-])?(all|include|a|mx|ptr|ip4|ip6|exists)(?::([^\s/]+(?:[^\s]*))|(\/\d.*))?$/i;

function parseTerm(domain: string, word: string): Term {
  const found = TERM.exec(word);
  const [, qualifier = '+', name = '', argument = '', mask = ''] = found ?? [];
  const term = { name: name.toLowerCase(), argument, qualifier };
  if (found === null || !isWellFormed(term, mask)) throw broken(`${domain} says ${word}, which is no SPF`);
  return term;
}

function isWellFormed({ name, argument }: Term, mask: string): boolean {
  const address = argument.replace(/\/\d+$/, '');
  switch (name) {
    case 'all':
      return argument === '' && mask === '';
    case 'include':
    case 'exists':
      return argument !== '';
    case 'ip4':
      return isIP(address) === 4;
    case 'ip6':
      return isIP(address) === 6;
    default:
      return true;
  }
}

function broken(why: string): Ended {
  return new Ended({ kind: 'broken', why });
}
