// One SMTP connection of an invocation and the login on it, opened anew when it ended. Messages follow each other on it.
import type { MailboxId, MailboxProfile } from '../../lib/core/mailbox.ts';
import type { TokenSource } from '../../lib/core/ports.ts';
import type { ComposedMail, SmtpSession, Transmission } from '../../lib/core/sending-ports.ts';
import type { AccessToken } from '../../lib/core/token.ts';
import type { SendingSlot, SlotLease } from './sending-slot.ts';

/** A connection of one mailbox: on its way, or kept from the invocation before. */
export interface Connection {
  readonly mailbox: MailboxId;
  readonly session: SmtpSession;
  /** The version of the token that is logged in with. */
  readonly login?: string;
  /** Of one that is kept. */
  readonly slot?: SlotLease;
}

/** A kept connection may have died without a word (nodemailer#576): whoever lives answers MAIL within this time. */
const KEPT_REPLY_MS = 2_000;

export class Lane {
  readonly slot: SendingSlot;
  readonly #connect: () => SmtpSession;
  readonly #tokens: TokenSource;
  #connection: Connection | undefined;
  #isKept: boolean;
  #token: { readonly mailbox: MailboxId; readonly current: Promise<AccessToken> } | undefined;
  #released = Promise.withResolvers<void>();

  /** @param first a connection that is open or on its way already */
  constructor(connect: () => SmtpSession, tokens: TokenSource, slot: SendingSlot, first?: Connection) {
    this.slot = slot;
    this.#connect = connect;
    this.#tokens = tokens;
    this.#connection = first;
    this.#isKept = first?.login !== undefined;
  }

  /**
   * Starts connecting and reading the token, so that both go on while the tables are written.
   * A connection is of one mailbox: whoever puts messages on the outbox may have grouped them otherwise.
   */
  warmUp(mailbox: MailboxId): void {
    this.#openFor(mailbox);
    if (this.#token?.mailbox !== mailbox) this.#use(mailbox, this.#tokens.current(mailbox));
  }

  async authenticate(profile: MailboxProfile): Promise<void> {
    this.warmUp(profile.id);
    this.#connection?.session.begin();
    const token = await this.#token?.current;
    if (token === undefined || this.#connection?.login === token.version) return;
    // Logged in with an older token, which Gmail may end at any time.
    if (this.#connection?.login !== undefined) this.#connection.session.close();
    const session = this.#openFor(profile.id);
    let used = token;
    await session.authenticate(profile.address, token, async () => {
      used = await this.#tokens.replace(profile.id, token);
      return used;
    });
    this.#use(profile.id, Promise.resolve(used));
    this.#connection = { mailbox: profile.id, session, login: used.version };
  }

  /** A mail that a kept connection did not take goes over a new one: its body was not read, so nothing was sent. */
  async transmit(mail: ComposedMail, profile: MailboxProfile): Promise<Transmission> {
    const isKept = this.#isKept;
    this.#isKept = false;
    const first = await this.#session().transmit(mail, isKept ? KEPT_REPLY_MS : undefined);
    if (!isKept || first.kind !== 'refused' || this.#session().isOpen) return first;
    await this.authenticate(profile);
    return this.#session().transmit(mail);
  }

  /** Says that the message under way needs the lane no more. */
  release(): void {
    this.#released.resolve();
    this.#released = Promise.withResolvers();
  }

  /** Resolves when another message may follow. */
  released(): Promise<void> {
    return this.#released.promise;
  }

  /** The connection, where it may be kept and another message could follow on it: it is the caller's from now on. */
  handOver(): Connection | undefined {
    const connection = this.#connection;
    const slot = this.slot.kept;
    if (connection === undefined || slot === undefined || !this.isOpen) return undefined;
    this.#connection = undefined;
    return { ...connection, slot };
  }

  /** Whether another message could follow on the connection. */
  get isOpen(): boolean {
    return this.#connection?.login !== undefined && this.#connection.session.isOpen;
  }

  async close(): Promise<void> {
    this.#connection?.session.close();
    await this.slot.giveBack();
  }

  #session(): SmtpSession {
    if (this.#connection === undefined) throw new Error('transmit needs a lane that is authenticated');
    return this.#connection.session;
  }

  #openFor(mailbox: MailboxId): SmtpSession {
    const { session, mailbox: of } = this.#connection ?? {};
    if (session?.isOpen === true && of === mailbox) return session;
    session?.close();
    this.#isKept = false;
    this.#connection = { mailbox, session: this.#connect() };
    return this.#connection.session;
  }

  #use(mailbox: MailboxId, current: Promise<AccessToken>): void {
    this.#token = { mailbox, current };
    // Awaited in authenticate(); a message that is settled already never gets there.
    current.catch(() => undefined);
  }
}
