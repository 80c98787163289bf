// What POP3 shows of a mailbox as a folder to read: what is new by its unique-id, headers first.
import { MailError } from '../core/errors.ts';
import { parseFields } from '../core/header-block.ts';
import type { MailOutline } from '../core/mail-content.ts';
import { MATCH_HEADERS, type MailSummary } from '../core/matching.ts';
import type { MailFolder, Positions } from '../core/reading-ports.ts';
import type { Deadline, EpochMs } from '../core/time.ts';
import {
  advanceUidlCursor,
  type ListedMessage,
  startUidlCursor,
  type UidlCursor,
  unseen,
} from '../core/uidl-cursor.ts';
import type { Pop3Client, WholeBy } from './client.ts';
import { OUTLINE_BYTES, OUTLINE_LINES, outlineOf } from './large-mail.ts';

/** A server without pipelining takes a round trip for each header. */
const MOST_LISTED = 500;
const LISTED_AT_ONCE = 50;
/** What cannot be copied in so long is left to the audit. */
const COPIED_WITHIN_MS = 6 * 3_600_000;
/** As much as is read of a block of headers. */
const MAX_HEADER_BYTES = 1024 * 1024;
/** Servers may count line ends otherwise than they send them. */
const LEAST_MAIL_BYTES = 1024 * 1024;

/**
 * All that POP3 shows of a mailbox. The `uid` of a mail is its number, which means another mail in the next session.
 * Its answers come over one connection: one is read to its end before the next is asked for.
 */
export class Maildrop implements MailFolder {
  readonly kind = 'main';
  readonly #client: Pop3Client;
  readonly #deadline: Deadline;
  readonly #cursor: UidlCursor | undefined;
  readonly #listing: readonly ListedMessage[];
  /** Received before what counts as new. */
  readonly #tooOld = new Set<number>();
  /** Listed, and not shown when they were asked for: still new at the next poll. */
  readonly #withheld = new Set<number>();
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

  /** In the order of the listing. Of very many the first only: the others are new at the next poll too. */
  async list(): Promise<readonly MailSummary[] | undefined> {
    if (this.#cursor === undefined) return undefined;
    const { messages, since } = unseen(this.#cursor, this.#listing);
    return this.#listMails(messages, since);
  }

  /** From the end of the listing, where new mail stands, back to a block of mails that are all older. */
  async listSince(since: EpochMs): Promise<readonly MailSummary[]> {
    const newestFirst = this.#listing.toReversed();
    this.#sizes = await this.#client.sizes();
    const found: MailSummary[] = [];
    for (let from = 0; from < newestFirst.length; from += LISTED_AT_ONCE) {
      const block = await this.#summarise(newestFirst.slice(from, from + LISTED_AT_ONCE), since);
      if (block.length === 0) break;
      found.push(...block);
    }
    return found.toReversed();
  }

  isNew(): boolean {
    return true;
  }

  positionAfter(done: readonly MailSummary[], _isAll: boolean, now: EpochMs, uncopied: ReadonlySet<number>): Positions {
    if (this.#cursor === undefined) return { uidls: startUidlCursor(this.#listing, now) };
    const isOpen = ({ uid, receivedAt }: MailSummary): boolean =>
      uncopied.has(uid) && now - receivedAt < COPIED_WITHIN_MS;
    const seen = done.filter((mail) => !isOpen(mail)).map(({ uid }) => uid);
    const dealtWith = new Set([...seen, ...this.#tooOld].filter((uid) => !this.#withheld.has(uid)));
    return { uidls: advanceUidlCursor(this.#cursor, this.#listing, dealtWith, now) };
  }

  async fetch(numbers: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
    const mails = new Map(await this.#read(numbers, 'TOP'));
    const cut = numbers.filter((number) => (mails.get(number)?.length ?? -1) < this.#sizeOf(number));
    for (const [number, mail] of await this.#read(cut, 'RETR')) mails.set(number, mail);
    for (const number of numbers) if (!mails.has(number)) await this.#noteIfListed(number);
    return mails;
  }

  async outline(number: number): Promise<MailOutline | undefined> {
    const mail = (await this.#client.tops([number], OUTLINE_LINES, OUTLINE_BYTES)).get(number);
    if (mail !== undefined) return outlineOf(mail, this.#sizeOf(number));
    await this.#noteIfListed(number);
    return undefined;
  }

  async *stream(number: number): AsyncGenerator<Uint8Array> {
    let read = 0;
    try {
      for await (const piece of this.#client.stream(number, 'TOP')) {
        read += piece.length;
        yield piece;
      }
    } catch (error) {
      if (read > 0 || !(error instanceof MailError) || error.code !== 'POP3_REFUSED') throw error;
    }
    if (read > 0 && read >= this.#sizeOf(number)) return;
    // The server has a limit for TOP, or refuses it: the rest comes another way.
    let skipped = read;
    for await (const piece of this.#client.stream(number, 'RETR')) {
      if (skipped < piece.length) yield piece.subarray(skipped);
      skipped = Math.max(0, skipped - piece.length);
    }
  }

  /** POP3 knows no parts: attachments are in the raw mail only. */
  streamPart(): AsyncIterable<Uint8Array> {
    throw new MailError('POP3_REFUSED', 'POP3 shows a mail as a whole');
  }

  /** POP3 knows no threads. */
  async messageIdsOf(): Promise<ReadonlyMap<string, readonly string[]>> {
    return new Map();
  }

  async #listMails(messages: readonly ListedMessage[], since = 0): Promise<readonly MailSummary[]> {
    if (messages.length === 0) return [];
    this.#sizes = await this.#client.sizes();
    const found: MailSummary[] = [];
    // The other half of the time is for what answers us.
    const enough = this.#deadline.remainingMs() / 2;
    for (let from = 0; from < messages.length && found.length < MOST_LISTED; from += LISTED_AT_ONCE) {
      if (from > 0 && this.#deadline.remainingMs() < enough) break;
      found.push(...(await this.#summarise(messages.slice(from, from + LISTED_AT_ONCE), since)));
    }
    return found;
  }

  #read(numbers: readonly number[], by: WholeBy): Promise<ReadonlyMap<number, Buffer>> {
    const maxBytesOf = (number: number): number => Math.max(LEAST_MAIL_BYTES, 2 * this.#sizeOf(number));
    return this.#client.mails(
      numbers.map((number) => ({ number, maxBytes: maxBytesOf(number) })),
      by,
    );
  }

  /** A header that the server does not show stays new: it is asked for again. */
  async #summarise(messages: readonly ListedMessage[], since: number): Promise<MailSummary[]> {
    const numbers = messages.map(({ number }) => number);
    const headers = await this.#client.tops(numbers, 0, MAX_HEADER_BYTES);
    const mails: MailSummary[] = [];
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
  async #noteIfListed(number: number): Promise<void> {
    if (await this.#client.isListed(number)) this.#withheld.add(number);
  }
}

/** The time behind the last semicolon (RFC 5321 section 4.4), or the whole of a Date field. */
function timeIn(field: string | undefined): number | undefined {
  const time = Date.parse(field?.slice(field.lastIndexOf(';') + 1) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
