// One SMTP connection of an invocation and the login on it, opened anew when it ended. Messages follow each other on it.
import type { MailboxId, MailboxProfile } from '../../lib/core/mailbox.ts';
import type { TokenSource } from '../../lib/core/ports.ts';
import type { ComposedMail, SmtpSession, Transmission } from '../../lib/core/sending-ports.ts';
import type { AccessToken } from '../../lib/core/token.ts';

/** A connection of one mailbox: on its way, or kept from the invocation before. */
export interface Connection {
  readonly mailbox: MailboxId;
  readonly session: SmtpSession;
  /** The version of the token that is logged in with. */
  readonly login?: string;
}

/** A kept connection may have died without a word (nodemailer#576): whoever lives answers MAIL within this time. */
const KEPT_REPLY_MS = 2_000;

export class Lane {
  readonly #connect: () => SmtpSession;
  readonly #tokens: TokenSource;
  #connection: Connection | undefined;
  #isKept: boolean;
  #token: { readonly mailbox: MailboxId; readonly current: Promise<AccessToken> } | undefined;
  #transmitted = Promise.withResolvers<void>();

  /** @param first a connection that is open or on its way already */
  constructor(connect: () => SmtpSession, tokens: TokenSource, first?: Connection) {
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
    const token = await this.#token?.current;
    if (token === undefined || this.#connection?.login === token.version) return;
    // Logged in with an older token, which Gmail may end at any time.
    if (this.#connection?.login !== undefined) this.close();
    const session = this.#openFor(profile.id);
    let used = token;
    await session.authenticate(profile.address, token, async () => {
      used = await this.#tokens.replace(profile.id, token);
      return used;
    });
    this.#use(profile.id, Promise.resolve(used));
    this.#connection = { mailbox: profile.id, session, login: used.version };
  }

  async transmit(mail: ComposedMail, profile: MailboxProfile): Promise<Transmission> {
    try {
      return await this.#transmit(mail, profile);
    } finally {
      this.#transmitted.resolve();
      this.#transmitted = Promise.withResolvers();
    }
  }

  /** Resolves when the transmission that is next or under way has ended: another message may follow. */
  transmitted(): Promise<void> {
    return this.#transmitted.promise;
  }

  /** The connection, where another message could follow on it: it is the caller's from now on. */
  handOver(): Connection | undefined {
    const connection = this.#connection;
    if (connection?.login === undefined || !connection.session.isOpen) return undefined;
    this.#connection = undefined;
    return connection;
  }

  close(): void {
    this.#connection?.session.close();
  }

  /** A mail that a kept connection did not take goes over a new one: its body was not read, so nothing was sent. */
  async #transmit(mail: ComposedMail, profile: MailboxProfile): Promise<Transmission> {
    const isKept = this.#isKept;
    this.#isKept = false;
    const first = await this.#session().transmit(mail, isKept ? KEPT_REPLY_MS : undefined);
    if (!isKept || first.kind !== 'refused' || this.#session().isOpen) return first;
    await this.authenticate(profile);
    return this.#session().transmit(mail);
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
