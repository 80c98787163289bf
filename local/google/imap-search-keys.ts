// The search keys, one predicate each. Dates compare days in UTC; text compares without case, undecoded except for
// UTF-8, which is what clients of a mail service search by (ids, addresses, subjects).

import { gmailQuery } from './gmail-query.ts';
import { bodyOffset } from './header-fields.ts';
import { labelFrom, labelsOf } from './imap-fetch.ts';
import { ImapSyntaxError, need, type Token, textOf } from './imap-parser.ts';
import { header, indexed, inText, type Predicate } from './imap-search-content.ts';
import { parseSequence, type Range } from './imap-sequence.ts';
import type { ImapSession } from './imap-session.ts';
import { parseDate } from './imap-strings.ts';

type Key = (keys: SearchKeys) => Predicate;

const dayMs = 24 * 60 * 60 * 1000;
const maxKeys = 1000;

export class SearchKeys {
  readonly session: ImapSession;
  readonly #tokens: Token[];
  usesModseq = false;
  #read = 0;

  constructor(session: ImapSession, tokens: Token[]) {
    this.session = session;
    this.#tokens = tokens;
  }

  readAll(): Predicate {
    if (this.#tokens.length === 0) throw new ImapSyntaxError('nothing to search for');
    const all: Predicate[] = [];
    while (this.#tokens.length > 0) all.push(this.readKey());
    return (numbered) => all.every((matches) => matches(numbered));
  }

  readKey(): Predicate {
    this.#read += 1;
    if (this.#read > maxKeys) throw new ImapSyntaxError('too many search keys');
    const token = need(this.#tokens.shift(), 'search key');
    if (token.kind === 'list') {
      const inner = new SearchKeys(this.session, [...token.items]);
      const matches = inner.readAll();
      this.usesModseq ||= inner.usesModseq;
      return matches;
    }
    const name = need(textOf(token), 'search key').toUpperCase();
    if (/^[\d*]/.test(name)) return this.#inSet(name, false);
    const key = Object.hasOwn(keysByName, name) ? keysByName[name] : undefined;
    if (!key) throw new ImapSyntaxError('unknown search key');
    return key(this);
  }

  text(): string {
    return need(textOf(this.#tokens.shift()), 'search value');
  }

  token(): Token {
    return need(this.#tokens.shift(), 'search value');
  }

  number(): number {
    const text = this.text();
    if (!/^\d{1,20}$/.test(text)) throw new ImapSyntaxError('bad number');
    return Number(text);
  }

  /** Midnight of a date argument. */
  day(): number {
    return need(parseDate(this.text()), 'date');
  }

  uids(): Predicate {
    return this.#inSet(this.text(), true);
  }

  peek(): string | undefined {
    return textOf(this.#tokens[0]);
  }

  #inSet(text: string, byUid: boolean): Predicate {
    const { view } = this.session.box;
    const ranges = parseSequence(text, byUid ? (view.at(-1)?.uid ?? 0) : view.length);
    return ({ seq, entry }) => inRanges(ranges, byUid ? entry.uid : seq);
  }
}

function inRanges(ranges: readonly Range[], number: number): boolean {
  return ranges.some(({ low, high }) => number >= low && number <= high);
}

const flag =
  (name: string, wanted: boolean): Key =>
  () =>
  ({ entry }) =>
    entry.message.flags.has(name) === wanted;

const keyword =
  (wanted: boolean): Key =>
  (keys) =>
    flag(keys.text(), wanted)(keys);

/** By INTERNALDATE, or by the Date field for the SENT keys; the time of day does not count. */
const date =
  (matches: (day: number, wanted: number) => boolean, sent = false): Key =>
  (keys) => {
    const wanted = keys.day();
    return ({ entry: { message } }) => {
      const at = sent ? Date.parse(message.date ?? '') : message.internalDate;
      return matches(Math.floor(at / dayMs) * dayMs, wanted);
    };
  };

const since = (day: number, wanted: number) => day >= wanted;
const earlier = (day: number, wanted: number) => day < wanted;
const same = (day: number, wanted: number) => day === wanted;

const keysByName: Record<string, Key> = {
  ALL: () => () => true,
  UID: (keys) => keys.uids(),
  NOT: (keys) => {
    const matches = keys.readKey();
    return (numbered) => !matches(numbered);
  },
  OR: (keys) => {
    const [one, other] = [keys.readKey(), keys.readKey()];
    return (numbered) => one(numbered) || other(numbered);
  },
  SEEN: flag('\\Seen', true),
  UNSEEN: flag('\\Seen', false),
  FLAGGED: flag('\\Flagged', true),
  UNFLAGGED: flag('\\Flagged', false),
  ANSWERED: flag('\\Answered', true),
  UNANSWERED: flag('\\Answered', false),
  DRAFT: flag('\\Draft', true),
  UNDRAFT: flag('\\Draft', false),
  DELETED: () => (numbered) => numbered.entry.deleted,
  UNDELETED: () => (numbered) => !numbered.entry.deleted,
  NEW: () => () => false,
  RECENT: () => () => false,
  OLD: () => () => true,
  KEYWORD: keyword(true),
  UNKEYWORD: keyword(false),
  FROM: header('from'),
  TO: header('to'),
  CC: header('cc'),
  BCC: header('bcc'),
  SUBJECT: header('subject'),
  HEADER: (keys) => header(keys.text().toLowerCase())(keys),
  BODY: inText((message) => bodyOffset(message.raw)),
  TEXT: inText(() => 0),
  SINCE: date(since),
  BEFORE: date(earlier),
  ON: date(same),
  SENTSINCE: date(since, true),
  SENTBEFORE: date(earlier, true),
  SENTON: date(same, true),
  LARGER: (keys) => sized(keys.number(), (size, than) => size > than),
  SMALLER: (keys) => sized(keys.number(), (size, than) => size < than),
  MODSEQ: (keys) => {
    // RFC 7162 3.1.5: an entry name and type may stand before the number.
    if (!/^\d+$/.test(keys.peek() ?? '')) [keys.text(), keys.text()];
    const least = keys.number();
    keys.usesModseq = true;
    return ({ entry }) => entry.message.modseq >= least;
  },
  'X-GM-MSGID': (keys) => {
    const wanted = keys.text();
    return ({ entry }) => entry.message.msgid === wanted;
  },
  'X-GM-THRID': (keys) => {
    const wanted = keys.text();
    return ({ entry }) => entry.message.thrid === wanted;
  },
  'X-GM-LABELS': (keys) => {
    const wanted = labelFrom(keys.session, keys.token());
    return ({ entry: { message } }) => message.labels.has(wanted) || labelsOf(keys.session, message).includes(wanted);
  },
  'X-GM-RAW': (keys) => {
    return indexed(keys, gmailQuery(keys.text()));
  },
};

function sized(than: number, matches: (size: number, than: number) => boolean): Predicate {
  return ({ entry }) => matches(entry.message.raw.length, than);
}
