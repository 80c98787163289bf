// Reads one mailbox: headers of what is new first, then only the mail that answers us. Killed anywhere, the next poll
// repeats what is missing and drops what is not.
import { startCursorAt } from '../../lib/core/cursor.ts';
import { codeOf, type ErrorCode, MailError } from '../../lib/core/errors.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import type { TokenSource } from '../../lib/core/ports.ts';
import { type ReadingHold, readingHoldFor } from '../../lib/core/reading-hold.ts';
import type {
  FindSent,
  MailFolder,
  MailSession,
  MailSource,
  Positions,
  ReadingState,
} from '../../lib/core/reading-ports.ts';
import { after, type Deadline, type EpochMs } from '../../lib/core/time.ts';
import { withToken } from '../with-token.ts';
import { type CopyMemoryPort, copyLarge } from './copy-large.ts';
import { type FolderPorts, readMails } from './read-folder.ts';
import type { PendingCopy } from './route-reply.ts';

export type PollPorts = FolderPorts &
  CopyMemoryPort & {
    readonly tokens: TokenSource;
    readonly sources: Readonly<Record<MailboxProfile['protocol'], MailSource>>;
    readonly reading: ReadingState;
  };

/** What was done, in numbers. */
export interface ReadCounts {
  readonly seen: number;
  readonly routed: number;
  /** Large mails whose raw bytes have come into the bucket. */
  readonly copied: number;
  /** Messages that turned out to have been sent. */
  readonly settled: number;
}

interface MailboxRead extends ReadCounts {
  readonly kind: 'read';
  /** What is archived at once is not seen: its owner hides All Mail from IMAP. */
  readonly isAllMailHidden: boolean;
}

/** `busy`: another poll reads this mailbox. `resting`: it was read only just now. */
export type Polled =
  | MailboxRead
  | { readonly kind: 'held'; readonly code: ErrorCode }
  | { readonly kind: 'busy' | 'resting' };

const NOTHING: ReadCounts = { seen: 0, routed: 0, copied: 0, settled: 0 };

/** A little longer than the function may run: nobody else starts while it still can write. */
const LEASE_MS = 60_000;
/** Gmail rarely errs, and its Spam is large. */
const SPAM_EVERY_MS = 10 * 60_000;

export async function pollMailbox(ports: PollPorts, profile: MailboxProfile, deadline: Deadline): Promise<Polled> {
  const taken = await ports.reading.take(profile, after(ports.now(), LEASE_MS));
  if (taken.kind === 'held') return { kind: 'held', code: taken.hold.code };
  if (taken.kind === 'busy') return taken;
  const { lease } = taken;
  if (isResting(lease.positions, ports.now())) {
    await ports.reading.release(lease, { positions: {}, isFailed: false });
    return { kind: 'resting' };
  }
  const reading = new Reading(ports, profile, deadline, lease.positions);
  let hold: ReadingHold | undefined;
  let isFailed = true;
  try {
    const read = await reading.run();
    isFailed = false;
    return read;
  } catch (error) {
    hold = readingHoldFor(codeOf(error), lease.failures, ports.now());
    throw error;
  } finally {
    const lastRoutedAt = reading.routed > 0 ? ports.now() : undefined;
    await ports.reading.release(lease, { positions: reading.moved, isFailed, hold, lastRoutedAt });
  }
}

/** The LOGIN-DELAY of Gmail's POP3 (RFC 2449 section 6.6), which refuses who comes sooner. */
const POP3_EVERY_MS = 300_000;

function isResting({ uidls }: Positions, now: EpochMs): boolean {
  return uidls !== undefined && now - uidls.readAt < POP3_EVERY_MS;
}

/** What a poll has done so far: positions that have moved stay so when a later step fails. */
class Reading {
  readonly #ports: PollPorts;
  readonly #profile: MailboxProfile;
  readonly #deadline: Deadline;
  readonly #before: Positions;
  moved: Positions = {};
  #total = NOTHING;

  constructor(ports: PollPorts, profile: MailboxProfile, deadline: Deadline, before: Positions) {
    this.#ports = { ...ports, findSent: remembering(ports.findSent) };
    this.#profile = profile;
    this.#deadline = deadline;
    this.#before = before;
  }

  /** How much it has put on the replies queue, failed or not. */
  get routed(): number {
    return this.#total.routed;
  }

  async run(): Promise<MailboxRead> {
    try {
      return await this.#readOnce();
    } catch (error) {
      // A session lives about as long as its token: another one goes on where this one ended.
      if (!(error instanceof MailError) || error.code !== 'SESSION_EXPIRED') throw error;
      return await this.#readOnce();
    }
  }

  async #readOnce(): Promise<MailboxRead> {
    const { tokens, sources } = this.#ports;
    const positions = { ...this.#before, ...this.moved };
    const session = await withToken(tokens, this.#profile.id, (token) =>
      sources[this.#profile.protocol].open(this.#profile, token, this.#deadline, positions),
    );
    try {
      await this.#readFolder(session.main);
      await this.#readSpam(session, positions);
    } finally {
      session.close();
    }
    return { kind: 'read', ...this.#total, isAllMailHidden: session.isAllMailHidden };
  }

  async #readSpam(session: MailSession, { spam }: Positions): Promise<void> {
    if (spam !== undefined && this.#now() - spam.readAt < SPAM_EVERY_MS) return;
    const folder = await session.openSpam();
    if (folder !== undefined) return this.#readFolder(folder);
    // Looked for again after a while, and read from here on if there is one then.
    this.moved = { ...this.moved, spam: startCursorAt(this.#now()) };
  }

  async #readFolder(folder: MailFolder): Promise<void> {
    const mails = await folder.list();
    if (mails === undefined) {
      this.moved = { ...this.moved, ...folder.positionAfter([], true, this.#now(), new Set()) };
      return;
    }
    const read = await readMails(this.#ports, this.#profile, folder, mails, this.#deadline);
    const move = (uncopied: readonly PendingCopy[]): void => {
      const done = mails.slice(0, read.seen);
      const isAll = read.seen === mails.length;
      const open = new Set(uncopied.map(({ uid }) => uid));
      this.moved = { ...this.moved, ...folder.positionAfter(done, isAll, this.#now(), open) };
    };
    move(read.copies);
    this.#count({ ...read, copied: 0 });
    // Nothing of it is lost where a copy fails: the next poll makes it.
    const copied = await copyLarge(this.#ports, folder, read.copies, this.#deadline);
    move(read.copies.slice(copied));
    this.#count({ ...NOTHING, copied });
  }

  #count({ seen, routed, copied, settled }: ReadCounts): void {
    const total = this.#total;
    this.#total = {
      seen: total.seen + seen,
      routed: total.routed + routed,
      copied: total.copied + copied,
      settled: total.settled + settled,
    };
  }

  #now(): EpochMs {
    return this.#ports.now();
  }
}

/** One mail is looked up by several steps. */
function remembering(findSent: FindSent): FindSent {
  const found = new Map<string, ReturnType<FindSent>>();
  return (messageId) => {
    const known = found.get(messageId) ?? findSent(messageId);
    found.set(messageId, known);
    return known;
  };
}
