// What goes wrong, and where: `smtp/after-dot=cut`, `smtp/body@1000=stall`, `imap/FETCH=delay 2000`,
// `smtp/MAIL=421 4.7.0 Try again later`, `oauth/request=cut`. Ended by ` x3` it happens three times, by ` x*` always.

export type Server = 'smtp' | 'imap' | 'oauth';

export type Action =
  | { readonly kind: 'cut' }
  /** Nothing passes any more, and the connection stays open. */
  | { readonly kind: 'stall' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** What the server says at this point comes as bytes that mean nothing; within the body, one byte of the mail is another. */
  | { readonly kind: 'corrupt' }
  /** Said in the server's place, which never hears what it answers. */
  | { readonly kind: 'reply'; readonly text: string };

export interface Fault {
  readonly server: Server;
  /**
   * `connect`, `tls`, `greeting`, a command in capitals (`EHLO`, `FETCH`), and at SMTP `body`, `dot` (all but the final dot has
   * passed) or `after-dot` (the server has answered it); at oauth `request` or `response`.
   */
  readonly at: string;
  /** How many bytes of it pass before a cut or a stall, by default none; or which one is corrupted, by default all. */
  readonly byte?: number;
  readonly action: Action;
  /** Default: once. */
  readonly times?: number;
  readonly onReached?: () => void;
}

export class FaultScript {
  readonly #waiting: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  take(server: Server, at: string): Fault | undefined {
    const found = this.#waiting.find(({ fault, left }) => left > 0 && fault.server === server && fault.at === at);
    if (found === undefined) return undefined;
    found.left -= 1;
    found.fault.onReached?.();
    return found.fault;
  }
}

const SYNTAX = /^(smtp|imap|oauth)\/([A-Za-z-]+)(?:@(\d{1,9}))?=(.+?)(?: x(\d{1,6}|\*))?$/s;

/** @throws Error that says how a fault is written */
export function parseFault(text: string): Fault {
  const [, server, at, byte, action, times] = SYNTAX.exec(text) ?? [];
  const known = action === undefined ? undefined : parseAction(action);
  if (!isServer(server) || at === undefined || known === undefined) {
    throw new Error(
      `not a fault: ${text}. Write server/point[@byte]=action[ xTIMES], such as smtp/after-dot=cut or 'smtp/MAIL=421 4.7.0 Try again later x3'; actions are cut, stall, corrupt, delay MS, or a reply`,
    );
  }
  return {
    server,
    at,
    action: known,
    ...(byte !== undefined && { byte: Number(byte) }),
    ...(times !== undefined && { times: times === '*' ? Number.POSITIVE_INFINITY : Number(times) }),
  };
}

function isServer(text: string | undefined): text is Server {
  return text === 'smtp' || text === 'imap' || text === 'oauth';
}

function parseAction(text: string): Action | undefined {
  if (text === 'cut' || text === 'stall' || text === 'corrupt') return { kind: text };
  const ms = /^delay (\d{1,9})$/.exec(text)?.[1];
  if (ms !== undefined) return { kind: 'delay', ms: Number(ms) };
  // What is not an SMTP or IMAP status is a word that was misspelt.
  return /^(?:[2-5]\d\d[ -]|OK|NO|BAD|HTTP\/)/.test(text) ? { kind: 'reply', text } : undefined;
}
