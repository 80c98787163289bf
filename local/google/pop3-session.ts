// One POP3 connection: reads commands in order and answers each, and keeps what the protocol makes it remember. The
// commands themselves are in pop3-commands.ts and pop3-login.ts.
import type { Account } from './accounts.ts';
import type { Faults } from './faults.ts';
import type { Maildrop, Popped } from './pop3-maildrop.ts';
import type { Door } from './sasl.ts';
import { TooLong, type Wire, WireClosed, WireIdle } from './wire.ts';

export interface Pop3House extends Door {
  faults: Faults;
  now: () => number;
  idleMs: number;
  popped: Popped;
  /** A fault of this server itself, for tests to see. */
  report(error: unknown): void;
}

export type Pop3Command = (session: Pop3Session, argument: string) => Promise<void>;

/** The session is over, and all is said that is to be said. */
export class Farewell extends Error {}

/** RFC 2449 section 4: 255 octets, the line end among them. */
const maxCommandBytes = 253;

export class Pop3Session {
  readonly house: Pop3House;
  readonly wire: Wire;
  readonly #commands: ReadonlyMap<string, Pop3Command>;
  account: Account | undefined;
  maildrop: Maildrop | undefined;
  /** The name that USER gave. */
  user: string | undefined;

  constructor(house: Pop3House, wire: Wire, commands: ReadonlyMap<string, Pop3Command>) {
    this.house = house;
    this.wire = wire;
    this.#commands = commands;
  }

  async run(): Promise<void> {
    try {
      if (await this.#fault('greeting')) throw new Farewell();
      await this.reply(`+OK Gpop ready for requests from ${this.wire.peer} local`);
      for (;;) await this.#next();
    } catch (error) {
      await this.#end(error);
    } finally {
      if (this.account) this.account.counters.pop3Connections -= 1;
    }
  }

  reply(text: string): Promise<void> {
    return this.wire.write(`${text}\r\n`);
  }

  logIn(account: Account, maildrop: Maildrop): void {
    this.account = account;
    this.maildrop = maildrop;
    account.counters.pop3Logins += 1;
    account.counters.pop3Connections += 1;
  }

  async #next(): Promise<void> {
    const line = await this.#readCommand();
    if (line === undefined) return;
    const [, verb = '', argument = ''] = /^([A-Za-z]*)(?: +(.*?))?\s*$/s.exec(line) ?? [];
    if (this.account) this.account.counters.pop3Commands += 1;
    const command = this.#commands.get(verb.toUpperCase());
    if (!command) return this.reply('-ERR bad command');
    if (await this.#fault(verb.toUpperCase())) return;
    await command(this, argument);
  }

  async #readCommand(): Promise<string | undefined> {
    try {
      return (await this.wire.readLine(maxCommandBytes)).toString('utf8');
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      await this.reply('-ERR command line too long');
      return undefined;
    }
  }

  /** True when a fault has answered already, and the command must do nothing more. */
  async #fault(at: string): Promise<boolean> {
    const action = this.house.faults.pop3Script.take(at, this.account?.address);
    if (action === undefined) return false;
    if (action === 'cut') this.wire.cut();
    if (action === 'stall') await this.wire.untilClosed();
    if (typeof action === 'string') throw new WireClosed();
    await this.reply(action.reply);
    return true;
  }

  async #end(error: unknown): Promise<void> {
    if (error instanceof WireClosed) return;
    if (error instanceof WireIdle) await this.reply('-ERR [SYS/TEMP] session expired');
    else if (!(error instanceof Farewell)) {
      this.house.report(error);
      await this.reply('-ERR [SYS/TEMP] Temporary system problem. Please try again later.');
    }
    this.wire.end();
  }
}
