// One SMTP connection of an invocation and the login on it, opened anew when it ended. Messages follow each other on it.
import type { MailboxId, MailboxProfile } from '../../lib/core/mailbox.ts';
import type { TokenSource } from '../../lib/core/ports.ts';
import type { ComposedMail, SmtpSession, Transmission, Transport } from '../../lib/core/sending-ports.ts';
import type { Deadline } from '../../lib/core/time.ts';
import type { AccessToken } from '../../lib/core/token.ts';

export class Lane {
  readonly #transport: Transport;
  readonly #tokens: TokenSource;
  readonly #deadline: Deadline;
  #mailbox: MailboxId | undefined;
  #session: SmtpSession | undefined;
  #token: Promise<AccessToken> | undefined;
  #isAuthenticated = false;

  constructor(transport: Transport, tokens: TokenSource, deadline: Deadline) {
    this.#transport = transport;
    this.#tokens = tokens;
    this.#deadline = deadline;
  }

  /**
   * Starts connecting and reading the token, so that both go on while the tables are written.
   * A connection is of one mailbox: whoever puts messages on the outbox may have grouped them otherwise.
   */
  warmUp(mailbox: MailboxId): void {
    if (this.#session?.isOpen === true && this.#mailbox === mailbox) return;
    this.#session?.close();
    this.#mailbox = mailbox;
    this.#isAuthenticated = false;
    this.#session = this.#transport.connect(this.#deadline);
    this.#token = this.#tokens.current(mailbox);
    // Awaited in authenticate(); a message that is settled already never gets there.
    this.#token.catch(() => undefined);
  }

  /** Resolves when the server has greeted and there is a token: only the login is missing. */
  async ready(mailbox: MailboxId): Promise<void> {
    this.warmUp(mailbox);
    await Promise.all([this.#session?.ready(), this.#token]);
  }

  async authenticate(profile: MailboxProfile): Promise<void> {
    this.warmUp(profile.id);
    if (this.#isAuthenticated || this.#session === undefined || this.#token === undefined) return;
    const session = this.#session;
    const token = await this.#token;
    await session.authenticate(profile.address, token, () => this.#tokens.replace(profile.id, token));
    this.#isAuthenticated = true;
  }

  async transmit(mail: ComposedMail): Promise<Transmission> {
    if (this.#session === undefined) throw new Error('transmit needs a lane that is authenticated');
    return this.#session.transmit(mail);
  }

  close(): void {
    this.#session?.close();
  }
}
