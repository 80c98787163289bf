// When a transport can take another mail, as nodemailer's pooled transport says it: callers that feed their mails by the
// event `idle` go on doing so. https://nodemailer.com/smtp/pooled
import { EventEmitter } from 'node:events';

/** A mailbox has three connections: more at once would only wait for one of them. */
const MAILS_AT_ONCE = 3;

export interface Idleness {
  readonly events: EventEmitter;
  isIdle(): boolean;
  /** Counts a mail until it is done. */
  during<T>(work: Promise<T>): Promise<T>;
}

export function watchIdleness(): Idleness {
  const events = new EventEmitter();
  let sending = 0;
  const isIdle = (): boolean => sending < MAILS_AT_ONCE;
  const tell = (): void => {
    if (isIdle()) events.emit('idle');
  };
  // Whoever made the transport listens by then.
  setImmediate(tell);
  return {
    events,
    isIdle,
    async during(work) {
      sending += 1;
      try {
        return await work;
      } finally {
        sending -= 1;
        // After the caller of this mail has its answer.
        setImmediate(tell);
      }
    },
  };
}
