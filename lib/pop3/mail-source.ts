// POP3 where IMAP is closed: what is new by its unique-id, headers first, and nothing in the mailbox ever changes.
import { MailError } from '../core/errors.ts';
import { parseFields } from '../core/header-block.ts';
import type { MailboxProfile } from '../core/mailbox.ts';
import { MATCH_HEADERS, type MailSummary } from '../core/matching.ts';
import type { MailOutline } from '../core/reading-ports.ts';
import type { Deadline, EpochMs } from '../core/time.ts';
import type { AccessToken } from '../core/token.ts';
import {
  advanceUidlCursor,
  type ListedMessage,
  startUidlCursor,
  type UidlCursor,
  unseen,
} from '../core/uidl-cursor.ts';
import { Pop3Client } from './client.ts';
import type { Pop3Endpoint } from './connection.ts';
import { OUTLINE_BYTES, OUTLINE_LINES, outlineOf } from './large-mail.ts';

/** A mail of this session: its `uid` is its number, which means another mail in the next one. */
export interface Pop3Mail extends MailSummary {
  readonly uidl: string;
}

/** A mailbox open for reading. Its answers come over one connection: one is read to its end before the next is asked for. */
export interface Pop3Session {
  /**
   * What is new, in the order of the listing; nothing at the first connection. Of very many the first only: the others
   * are new at the next poll too.
   */
  list(): Promise<readonly Pop3Mail[]>;
  /** Mails as they came, by number, without those that are gone. All of them are held in memory. */
  fetch(numbers: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>>;
  /** The beginning of a large mail; undefined where it is gone. */
  outline(number: number): Promise<MailOutline | undefined>;
  /** A large mail as it came, piece by piece; left before its end, the session is over. */
  stream(number: number): AsyncIterable<Uint8Array>;
  /** What to remember of this session, when the mails with these numbers have been dealt with. */
  cursorAfter(done: ReadonlySet<number>, now: EpochMs): UidlCursor;
  close(): void;
}

export interface Pop3Source {
  /**
   * @param cursor of the session before; undefined at the first connection
   * @throws MailError POP3_UNREACHABLE, POP3_REFUSED, AUTHENTICATION_REFUSED, MAILBOX_BUSY, MAILBOX_THROTTLED and others
   */
  open(
    profile: MailboxProfile,
    token: AccessToken,
    deadline: Deadline,
    cursor: UidlCursor | undefined,
  ): Promise<Pop3Session>;
}

/** A server without pipelining takes a round trip for each header. */
const MOST_LISTED = 500;
const LISTED_AT_ONCE = 50;
/** As much as is read of a block of headers. */
const MAX_HEADER_BYTES = 1024 * 1024;
/** Servers may count line ends otherwise than they send them. */
const LEAST_MAIL_BYTES = 1024 * 1024;

export function createPop3Source(endpoint: Pop3Endpoint): Pop3Source {
  return {
    async open(profile, token, deadline, cursor) {
      const client = await Pop3Client.open(endpoint, profile.address, token, deadline);
      try {
        return new Session(client, deadline, cursor, await client.list());
      } catch (error) {
        client.close();
        throw error;
      }
    },
  };
}

class Session implements Pop3Session {
  readonly #client: Pop3Client;
  readonly #deadline: Deadline;
  readonly #cursor: UidlCursor | undefined;
  readonly #listing: readonly ListedMessage[];
  /** Received before what counts as new. */
  readonly #tooOld = new Set<number>();
  #sizes: ReadonlyMap<number, number> = new Map();

  constructor(
    client: Pop3Client,
    deadline: Deadline,
    cursor: UidlCursor | undefined,
    listing: readonly ListedMessage[],
  ) {
    this.#client = client;
    this.#deadline = deadline;
    this.#cursor = cursor;
    this.#listing = listing;
  }

  async list(): Promise<readonly Pop3Mail[]> {
    if (this.#cursor === undefined) return [];
    const { messages, since = 0 } = unseen(this.#cursor, this.#listing);
    if (messages.length === 0) return [];
    this.#sizes = await this.#client.sizes();
    const found: Pop3Mail[] = [];
    // The other half of the time is for what answers us.
    const enough = this.#deadline.remainingMs() / 2;
    for (let from = 0; from < messages.length && found.length < MOST_LISTED; from += LISTED_AT_ONCE) {
      if (from > 0 && this.#deadline.remainingMs() < enough) break;
      found.push(...(await this.#summarise(messages.slice(from, from + LISTED_AT_ONCE), since)));
    }
    return found;
  }

  async fetch(numbers: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
    const requested = numbers.map((number) => ({
      number,
      maxBytes: Math.max(LEAST_MAIL_BYTES, 2 * this.#sizeOf(number)),
    }));
    const mails = await this.#client.mails(requested);
    for (const number of numbers) if (!mails.has(number)) await this.#assertGone(number);
    return mails;
  }

  async outline(number: number): Promise<MailOutline | undefined> {
    const mail = (await this.#client.tops([number], OUTLINE_LINES, OUTLINE_BYTES)).get(number);
    if (mail !== undefined) return outlineOf(mail, this.#sizeOf(number));
    await this.#assertGone(number);
    return undefined;
  }

  stream(number: number): AsyncIterable<Uint8Array> {
    return this.#client.stream(number);
  }

  cursorAfter(done: ReadonlySet<number>, now: EpochMs): UidlCursor {
    if (this.#cursor === undefined) return startUidlCursor(this.#listing, now);
    return advanceUidlCursor(this.#cursor, this.#listing, new Set([...done, ...this.#tooOld]), now);
  }

  close(): void {
    this.#client.close();
  }

  /** A header that the server does not show stays new: it is asked for again. */
  async #summarise(messages: readonly ListedMessage[], since: number): Promise<Pop3Mail[]> {
    const numbers = messages.map(({ number }) => number);
    const headers = await this.#client.tops(numbers, 0, MAX_HEADER_BYTES);
    const mails: Pop3Mail[] = [];
    for (const { number, uidl } of messages) {
      const header = headers.get(number);
      if (header === undefined) continue;
      const { received, ...fields } = await parseFields(header, [...MATCH_HEADERS, 'received']);
      // Who sent it writes its Date field; what the server wrote alone makes it too old.
      if ((timeIn(received) ?? since) < since) this.#tooOld.add(number);
      else {
        const receivedAt = timeIn(received) ?? timeIn(fields.date) ?? 0;
        mails.push({ uid: number, uidl, labels: [], receivedAt, bytes: this.#sizeOf(number), headers: fields });
      }
    }
    return mails;
  }

  #sizeOf(number: number): number {
    return this.#sizes.get(number) ?? 0;
  }

  /** Nothing that answers us is passed over because a server could not show it for once. */
  async #assertGone(number: number): Promise<void> {
    if (!(await this.#client.isListed(number))) return;
    throw new MailError('POP3_REFUSED', 'the POP3 server lists a message and does not show it');
  }
}

/** The time behind the last semicolon (RFC 5321 section 4.4), or the whole of a Date field. */
function timeIn(field: string | undefined): number | undefined {
  const time = Date.parse(field?.slice(field.lastIndexOf(';') + 1) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
