// The connection that outlives an invocation, for the next one of the same process: it spares connecting and logging in.
import type { MailboxId } from '../../lib/core/mailbox.ts';
import type { Clock, Deadline } from '../../lib/core/time.ts';
import type { Connection } from './lane.ts';

/** The process is frozen meanwhile, and whatever stands between it and Gmail forgets silent connections. */
const MAX_IDLE_MS = 30_000;

export class KeptConnection {
  readonly #now: Clock;
  #kept: { readonly connection: Connection; readonly since: number } | undefined;

  constructor(now: Clock) {
    this.#now = now;
  }

  keep(connection: Connection): void {
    this.#kept = { connection, since: this.#now() };
  }

  /** Undefined where there is none of this mailbox that is young enough; any other is closed. */
  take(mailbox: MailboxId, deadline: Deadline): Connection | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept === undefined) return undefined;
    const { mailbox: of, session } = kept.connection;
    if (of !== mailbox || !session.isOpen || this.#now() - kept.since > MAX_IDLE_MS) {
      session.close();
      return undefined;
    }
    session.renew(deadline);
    return kept.connection;
  }
}
