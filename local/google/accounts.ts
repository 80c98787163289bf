// The accounts that live here: who an address belongs to, its mail, its counters, and its own sent copies that are
// still on their way. A lag is measured by the injected clock: what is due is filed when somebody looks (or when the
// timer fires), so a test moves the clock instead of sleeping.
import type { FolderNames } from './folders.ts';
import { MailStore } from './mail-store.ts';
import type { Message, NewMessage, StoredMessage } from './message.ts';

export interface AccountCounters {
  smtpConnections: number;
  smtpConnectionsAtMost: number;
  smtpLogins: number;
  smtpCommands: number;
  mailsAccepted: number;
  imapConnections: number;
  imapLogins: number;
  imapCommands: number;
  pop3Connections: number;
  pop3Logins: number;
  pop3Commands: number;
}

export interface NewAccount {
  address: string;
  name?: string;
  aliases?: string[];
  folderNames?: FolderNames;
  /** Opened because mail came for it: nobody knows who else has an address in its domain. */
  isOpened?: boolean;
}

export class Account {
  readonly address: string;
  readonly name: string;
  readonly aliases: ReadonlySet<string>;
  readonly store: MailStore;
  readonly isOpened: boolean;
  imapEnabled = true;
  popEnabled = true;
  keepsMessageIds = true;
  readonly counters: AccountCounters = {
    smtpConnections: 0,
    smtpConnectionsAtMost: 0,
    smtpLogins: 0,
    smtpCommands: 0,
    mailsAccepted: 0,
    imapConnections: 0,
    imapLogins: 0,
    imapCommands: 0,
    pop3Connections: 0,
    pop3Logins: 0,
    pop3Commands: 0,
  };
  readonly #now: () => number;
  readonly #due: { at: number; file: () => void }[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(made: NewAccount, store: MailStore, now: () => number) {
    this.address = made.address.toLowerCase();
    this.name = made.name ?? '';
    this.aliases = new Set((made.aliases ?? []).map((alias) => alias.toLowerCase()));
    this.store = store;
    this.isOpened = made.isOpened ?? false;
    this.#now = now;
  }

  owns(address: string): boolean {
    const lower = address.toLowerCase();
    return lower === this.address || this.aliases.has(lower);
  }

  /** Does it at once, or when the clock says so. */
  later(lagMs: number, file: () => void): void {
    if (lagMs <= 0) {
      file();
      return;
    }
    this.#due.push({ at: this.#now() + lagMs, file });
    // setTimeout fires at once beyond 2^31 ms; so long a lag means "never" in a test.
    if (lagMs > 2 ** 31 - 1) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.settle();
    }, lagMs + 1);
    timer.unref();
    this.#timers.add(timer);
  }

  settle(): void {
    const now = this.#now();
    for (let at = this.#due.findIndex((due) => due.at <= now); at >= 0; at = this.#due.findIndex((d) => d.at <= now)) {
      for (const due of this.#due.splice(at, 1)) due.file();
    }
  }

  file(made: NewMessage): Message {
    return this.store.add(made);
  }

  messages(label?: string): StoredMessage[] {
    this.settle();
    const all = [...this.store.byMsgid.values()];
    if (label === undefined) return all;
    const folder = this.store.folder(label);
    return all.filter((message) => message.labels.has(label) || (folder && message.entries.has(folder)));
  }

  waitForMessage(predicate: (message: StoredMessage) => boolean, timeoutMs: number): Promise<StoredMessage> {
    return new Promise((resolve, reject) => {
      const finish = (end: () => void) => {
        clearTimeout(timer);
        stopListening();
        end();
      };
      const look = (message: Message) => {
        if (predicate(message)) finish(() => resolve(message));
      };
      const timer = setTimeout(() => {
        finish(() => reject(new Error(`No such message came to the mailbox within ${timeoutMs} ms`)));
      }, timeoutMs);
      const stopListening = this.store.onChange(look);
      this.settle();
      const here = [...this.store.byMsgid.values()].find(predicate);
      if (here) finish(() => resolve(here));
    });
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#due.length = 0;
  }
}

export class Directory {
  readonly accounts = new Map<string, Account>();
  readonly #now: () => number;
  #lastMsgid: bigint;

  constructor(now: () => number) {
    this.#now = now;
    // Gmail's ids are 64 bits, grow with time, and pass what a double can hold: readers must not use Number.
    this.#lastMsgid = BigInt(now()) << 20n;
  }

  add(made: NewAccount): Account {
    if (this.find(made.address)) throw new Error('An account with this address is here already');
    const store = new MailStore(() => this.#nextMsgid(), made.folderNames, Math.floor(this.#now() / 1000) % 2 ** 31);
    const account = new Account(made, store, this.#now);
    this.accounts.set(account.address, account);
    return account;
  }

  /** By address, alias, `user+tag@`, and on gmail.com without its dots (support.google.com/mail/answer/7436150). */
  find(address: string): Account | undefined {
    const wanted = canonical(address);
    for (const account of this.accounts.values()) {
      if ([account.address, ...account.aliases].some((own) => canonical(own) === wanted)) return account;
    }
    return undefined;
  }

  /** Whether mail for this domain ends here. */
  hostsDomain(domain: string): boolean {
    const suffix = `@${domain.toLowerCase()}`;
    const hosted = [...this.accounts.values()].filter(({ isOpened }) => !isOpened);
    return hosted.some((account) => [account.address, ...account.aliases].some((own) => own.endsWith(suffix)));
  }

  #nextMsgid(): string {
    this.#lastMsgid += 1n;
    return this.#lastMsgid.toString();
  }
}

function canonical(address: string): string {
  const lower = address.toLowerCase();
  const at = lower.lastIndexOf('@');
  const local = lower.slice(0, at).replace(/\+.*$/, '');
  const domain = lower.slice(at + 1).replace(/^googlemail\.com$/, 'gmail.com');
  return `${domain === 'gmail.com' ? local.replaceAll('.', '') : local}@${domain}`;
}
