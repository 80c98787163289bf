// One SMTP connection: reads commands in order, answers each in order (so pipelining needs nothing more), and keeps
// what the protocol makes it remember. The commands themselves are in smtp-commands.ts and smtp-mail.ts.
import type { Account } from './accounts.ts';
import type { Delivery } from './delivery.ts';
import type { Faults, SmtpPoint } from './faults.ts';
import type { Door } from './sasl.ts';
import { maxCommandBytes, newSessionId, replies } from './smtp-replies.ts';
import { TooLong, type Wire, WireClosed, WireIdle } from './wire.ts';

export interface SmtpHouse extends Door {
  delivery: Delivery;
  faults: Faults;
  now: () => number;
  idleMs: number;
  startTls(wire: Wire): void;
  /** Told of every command, before anyone has logged in too. */
  onCommand(): void;
  /** A fault of this server itself, for tests to see. */
  report(error: unknown): void;
}

export interface Transaction {
  smtputf8: boolean;
  recipients: string[];
  chunks: Buffer[];
  chunkBytes: number;
}

export type SmtpCommand = (session: SmtpSession, argument: string) => Promise<void>;

/** The session is over, and all is said that is to be said. */
export class Goodbye extends Error {}

const maxFaults = 6;

export class SmtpSession {
  readonly house: SmtpHouse;
  readonly wire: Wire;
  readonly id = newSessionId();
  readonly #commands: ReadonlyMap<string, SmtpCommand>;
  heloName: string | undefined;
  account: Account | undefined;
  transaction: Transaction | undefined;
  #faults = 0;
  #line = 0;

  constructor(house: SmtpHouse, wire: Wire, commands: ReadonlyMap<string, SmtpCommand>) {
    this.house = house;
    this.wire = wire;
    this.#commands = commands;
  }

  async run(): Promise<void> {
    try {
      await this.fault('greeting');
      await this.reply(replies.greeting(this.id));
      for (;;) await this.#next();
    } catch (error) {
      await this.#end(error);
    } finally {
      if (this.account) this.account.counters.smtpConnections -= 1;
    }
  }

  /** Gmail numbers the exchanges of a session behind a dot. */
  get exchangeId(): string {
    this.#line += 1;
    return `${this.id}.${this.#line}`;
  }

  async reply(text: string): Promise<void> {
    if (/^[45]/.test(text)) this.#faults += 1;
    await this.wire.write(`${text}\r\n`);
    if (this.#faults >= maxFaults && text.startsWith('50')) {
      await this.wire.write(`${replies.tooManyFaults(this.id)}\r\n`);
      throw new Goodbye();
    }
  }

  /** True when a fault has answered already, and the command must do nothing more. */
  async fault(at: SmtpPoint): Promise<boolean> {
    const action = this.house.faults.smtpScript.take(at, this.account?.address);
    if (action === undefined) return false;
    if (action === 'cut') {
      this.wire.cut();
      throw new WireClosed();
    }
    if (action === 'stall') {
      await this.wire.untilClosed();
      throw new WireClosed();
    }
    await this.wire.write(`${action.reply}\r\n`);
    // 421 promises that the server closes the channel (RFC 5321 3.8).
    if (action.reply.startsWith('421')) throw new Goodbye();
    return true;
  }

  logIn(account: Account): void {
    this.account = account;
    const { counters } = account;
    counters.smtpLogins += 1;
    counters.smtpConnections += 1;
    counters.smtpConnectionsAtMost = Math.max(counters.smtpConnectionsAtMost, counters.smtpConnections);
  }

  async #next(): Promise<void> {
    const line = await this.#readCommand();
    if (line === undefined) return;
    const [, verb = '', argument = ''] = /^([A-Za-z]*)(?: +(.*?))?\s*$/s.exec(line) ?? [];
    this.house.onCommand();
    if (this.account) this.account.counters.smtpCommands += 1;
    const command = this.#commands.get(verb.toUpperCase());
    if (command) await command(this, argument);
    else await this.reply(replies.unrecognised(this.exchangeId));
  }

  async #readCommand(): Promise<string | undefined> {
    try {
      return (await this.wire.readLine(maxCommandBytes)).toString('utf8');
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      await this.reply(replies.syntax(this.exchangeId));
      return undefined;
    }
  }

  async #end(error: unknown): Promise<void> {
    if (error instanceof WireClosed) return;
    if (error instanceof WireIdle) await this.wire.write(`${replies.idle(this.id)}\r\n`);
    else if (!(error instanceof Goodbye)) {
      this.house.report(error);
      await this.wire.write(`${replies.internal(this.id)}\r\n`);
    }
    this.wire.end();
  }
}
