// The connection that outlives an invocation, for the next one of the same process: it spares connecting and logging in.
import type { MailboxId } from '../../lib/core/mailbox.ts';
import type { SmtpSession } from '../../lib/core/sending-ports.ts';
import type { Clock, Deadline } from '../../lib/core/time.ts';
import type { Connection } from './lane.ts';

export class KeptConnection {
  readonly #now: Clock;
  #kept: Connection | undefined;

  constructor(now: Clock) {
    this.#now = now;
  }

  keep(connection: Connection): void {
    this.#kept = connection;
  }

  /**
   * The kept connection where it is of this mailbox and its slot has time left; else a new one, on the slot of the old
   * where that was the mailbox's.
   */
  take(mailbox: MailboxId, deadline: Deadline, connect: () => SmtpSession): Connection {
    const kept = this.#kept;
    this.#kept = undefined;
    const isOurs = kept?.mailbox === mailbox && kept.slot !== undefined && kept.slot.until > this.#now();
    if (isOurs && kept.session.isOpen) {
      kept.session.renew(deadline);
      return kept;
    }
    kept?.session.close();
    const session = connect();
    return isOurs && kept.slot !== undefined ? { mailbox, session, slot: kept.slot } : { mailbox, session };
  }
}
