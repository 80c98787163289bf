// Which conversation a mail joins, as Gmail decides: References or In-Reply-To together with a matching subject, or,
// for mail without them, subject and people within a week (FACTS.md). A shared thread alone is weak evidence.

export interface ThreadClues {
  messageId: string | undefined;
  references: readonly string[];
  subject: string;
  people: readonly string[];
  at: number;
}

const week = 7 * 24 * 60 * 60 * 1000;

interface SubjectThread {
  thrid: string;
  at: number;
  people: Set<string>;
}

export class Threads {
  readonly #byMessageId = new Map<string, { thrid: string; subject: string }>();
  readonly #bySubject = new Map<string, SubjectThread>();

  /** The thread of a mail; one that joins none opens its own, named after itself. */
  assign(msgid: string, clues: ThreadClues): string {
    const subject = baseSubject(clues.subject);
    const thrid = this.#find(clues, subject) ?? msgid;
    if (clues.messageId) this.#byMessageId.set(clues.messageId, { thrid, subject });
    if (subject) this.#remember(subject, thrid, clues);
    return thrid;
  }

  #find(clues: ThreadClues, subject: string): string | undefined {
    for (const reference of clues.references.toReversed()) {
      const known = this.#byMessageId.get(reference);
      if (known && known.subject === subject) return known.thrid;
    }
    if (clues.references.length > 0) return undefined;
    const recent = this.#bySubject.get(subject);
    if (!recent || clues.at - recent.at > week) return undefined;
    return clues.people.some((person) => recent.people.has(person)) ? recent.thrid : undefined;
  }

  #remember(subject: string, thrid: string, clues: ThreadClues): void {
    const known = this.#bySubject.get(subject);
    const people = known?.thrid === thrid ? known.people : new Set<string>();
    for (const person of clues.people) people.add(person);
    this.#bySubject.set(subject, { thrid, at: clues.at, people });
  }
}

/** RFC 5256 2.1, roughly: without reply and forward prefixes, in the languages that matter to Gmail's own clients. */
function baseSubject(subject: string): string {
  const prefix = /^\s*(?:(?:re|aw|sv|antw|fwd?|wg|tr|rv)(?:\[\d+\])?\s*:\s*|\[[^\]]{1,40}\]\s*(?=re\s*:))/i;
  let base = subject;
  while (prefix.test(base)) base = base.replace(prefix, '');
  return base.replace(/\s+/g, ' ').trim().toLowerCase();
}
