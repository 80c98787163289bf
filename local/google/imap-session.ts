// One IMAP connection: reads commands with their literals, hands them to the command table, answers, and after each
// command tells what has changed meanwhile. The commands themselves are in imap-login, -folders, -fetch, -search, -change.
import type { Account } from './accounts.ts';
import type { Faults } from './faults.ts';
import { type ImapCommand, ImapSyntaxError, literalAt, parseCommand, type RawCommand } from './imap-parser.ts';
import { type Selected, takeNews } from './imap-view.ts';
import type { Door } from './sasl.ts';
import { TooLong, type Wire, WireClosed, WireIdle } from './wire.ts';

export interface ImapHouse extends Door {
  faults: Faults;
  now: () => number;
  idleMs: number;
  connections: Map<Account, number>;
  report(error: unknown): void;
}

export interface Completion {
  status: 'OK' | 'NO' | 'BAD';
  text: string;
}

export type ImapState = 'any' | 'greeted' | 'authenticated' | 'selected';
/** Undefined where the handler has completed the command itself. */
export type ImapHandler = (session: ImapSession, command: ImapCommand) => Completion | Promise<Completion | undefined>;
export type ImapCommands = ReadonlyMap<string, { state: ImapState; handle: ImapHandler }>;

/** A tagged NO or BAD, thrown from where it is found. */
export class Refused extends Error {
  readonly status: 'NO' | 'BAD';
  constructor(status: 'NO' | 'BAD', text: string) {
    super(text);
    this.status = status;
  }
}

export class LoggedOut extends Error {}

const maxLineBytes = 64 * 1024;
const maxLiteralBytes = 256 * 1024;
/** APPENDLIMIT, as Gmail announces it. */
export const maxAppendBytes = 35651584;
const maxLiterals = 100;

export class ImapSession {
  readonly house: ImapHouse;
  readonly wire: Wire;
  readonly #commands: ImapCommands;
  account: Account | undefined;
  selected: Selected | undefined;
  utf8 = false;
  condstore = false;

  constructor(house: ImapHouse, wire: Wire, commands: ImapCommands) {
    this.house = house;
    this.wire = wire;
    this.#commands = commands;
  }

  async run(): Promise<void> {
    try {
      if (await this.fault('greeting')) return this.wire.end();
      await this.send(`* OK Gimap ready for requests from ${this.wire.peer} local`);
      for (;;) await this.#next();
    } catch (error) {
      await this.#end(error);
    } finally {
      this.leave();
    }
  }

  send(text: string): Promise<void> {
    return this.wire.write(`${text}\r\n`);
  }

  /** The account of a command that only a logged-in client may give. */
  get owner(): Account {
    if (!this.account) throw new Refused('BAD', 'Unknown command');
    return this.account;
  }

  get box(): Selected {
    if (!this.selected) throw new Refused('BAD', 'No mailbox selected');
    return this.selected;
  }

  leave(): void {
    if (!this.account) return;
    const { connections } = this.house;
    connections.set(this.account, (connections.get(this.account) ?? 1) - 1);
    this.account.counters.imapConnections -= 1;
    this.account = undefined;
  }

  /** @param tag of the command that is answered otherwise */
  async fault(at: string, tag = '*', address = this.account?.address): Promise<boolean> {
    const action = this.house.faults.imapScript.take(at, address);
    if (action === undefined) return false;
    if (action === 'cut') this.wire.cut();
    if (action === 'stall') await this.wire.untilClosed();
    if (typeof action === 'string') throw new WireClosed();
    await this.send(/^(?:OK|NO|BAD) /.test(action.reply) ? `${tag} ${action.reply}` : action.reply);
    if (/^\* BYE/i.test(action.reply)) throw new LoggedOut();
    return true;
  }

  /** Tells what changed in the selected folder; `keepNumbers` where no EXPUNGE may come (FETCH, STORE, SEARCH). */
  async announce(keepNumbers: boolean): Promise<void> {
    this.account?.settle();
    const news = this.selected ? takeNews(this.selected, { keepNumbers, withModseq: this.condstore }) : [];
    for (const line of news) await this.send(line);
  }

  async #next(): Promise<void> {
    const raw: RawCommand = { lines: [], literals: [] };
    try {
      await this.#readCommand(raw);
      await this.#perform(parseCommand(raw));
    } catch (error) {
      const tag = /^[^\s(){%*"\\+]+/.exec(raw.lines[0]?.toString('latin1') ?? '')?.[0] ?? '*';
      if (error instanceof Refused) return this.send(`${tag} ${error.status} ${error.message}`);
      if (error instanceof TooLong) return this.send('* BAD Command line too long');
      if (error instanceof ImapSyntaxError) return this.send(`${tag} BAD Could not parse command`);
      throw error;
    }
  }

  async #perform(command: ImapCommand): Promise<void> {
    if (this.account) this.account.counters.imapCommands += 1;
    const known = this.#commands.get(command.name);
    if (!known || !this.#allowed(known.state)) throw new Refused('BAD', `Unknown command ${command.name.slice(0, 60)}`);
    if (await this.fault(command.name, command.tag)) return;
    this.account?.settle();
    const done = await known.handle(this, command);
    if (!done) return;
    await this.announce(!command.byUid && ['FETCH', 'STORE', 'SEARCH'].includes(command.name));
    await this.send(`${command.tag} ${done.status} ${done.text}`);
  }

  #allowed(state: ImapState): boolean {
    if (state === 'any') return true;
    if (state === 'greeted') return this.account === undefined;
    if (state === 'authenticated') return this.account !== undefined;
    return this.account !== undefined;
  }

  async #readCommand(raw: RawCommand): Promise<void> {
    for (;;) {
      const line = await this.wire.readLine(maxLineBytes);
      raw.lines.push(line);
      const literal = literalAt(line);
      if (!literal) return;
      const isAppend = /^\S+ APPEND /i.test(raw.lines[0]?.toString('latin1', 0, 200) ?? '');
      const limit = isAppend && this.account ? maxAppendBytes : maxLiteralBytes;
      if (literal.bytes > limit || raw.literals.length >= maxLiterals) {
        // A client that does not wait (LITERAL-) sends it all the same: there is no way back into step.
        if (!literal.synchronising) throw new LoggedOut();
        throw new Refused('NO', '[TOOBIG] Literal too large (Failure)');
      }
      if (literal.synchronising) await this.send('+ go ahead');
      raw.literals.push(await this.wire.readBytes(literal.bytes));
    }
  }

  async #end(error: unknown): Promise<void> {
    if (error instanceof WireClosed) return;
    if (error instanceof WireIdle) await this.send('* BYE Session expired, please login again.');
    else if (!(error instanceof LoggedOut)) {
      this.house.report(error);
      await this.send('* BYE [UNAVAILABLE] Temporary System Error');
    }
    this.wire.end();
  }
}
