// The commands of POP3 (RFC 1939) that read, and only those: no DELE, and no QUIT, behind which Gmail hides what was
// fetched. Over TLS with XOAUTH2 (RFC 5034); many commands in one flight where the server can (RFC 2449 section 6.6).
import type { EmailAddress } from '../core/address.ts';
import type { Deadline } from '../core/time.ts';
import type { AccessToken } from '../core/token.ts';
import type { ListedMessage } from '../core/uidl-cursor.ts';
import { initialResponse } from '../core/xoauth2.ts';
import { Connection, type Pop3Endpoint, type Status } from './connection.ts';
import { parseCapabilities, parseSizes, parseUidl } from './listing.ts';
import { isOfMessage, loginRefusal, malformed, refusal } from './pop3-errors.ts';

/** A hundred thousand messages with long unique-ids. */
const MAX_LISTING_BYTES = 16 * 1024 * 1024;
const MAX_CAPABILITIES_BYTES = 64 * 1024;
/** More than any mail server takes. */
const MAX_MAIL_BYTES = 160 * 1024 * 1024;
/** So many small commands fit any socket's buffer. */
const FLIGHT = 50;

/** TOP of all lines marks nothing; RETR marks a mail as read on Dovecot, whatever follows. */
export type WholeBy = 'TOP' | 'RETR';
const ALL_LINES = 999_999_999;

function wholeCommand(number: number, by: WholeBy): string {
  return by === 'RETR' ? `RETR ${number}` : `TOP ${number} ${ALL_LINES}`;
}

/** What to ask of one message. */
interface Request {
  readonly number: number;
  readonly command: string;
  /** What comes behind is read and left out. */
  readonly keepBytes: number;
  readonly maxBytes: number;
}

export class Pop3Client {
  readonly #connection: Connection;
  readonly #flight: number;

  private constructor(connection: Connection, flight: number) {
    this.#connection = connection;
    this.#flight = flight;
  }

  /** @throws MailError POP3_UNREACHABLE, POP3_REFUSED, AUTHENTICATION_REFUSED and others */
  static async open(
    endpoint: Pop3Endpoint,
    address: EmailAddress,
    token: AccessToken,
    deadline: Deadline,
  ): Promise<Pop3Client> {
    const { connection, greeting } = await Connection.open(endpoint, deadline);
    try {
      if (greeting.kind !== 'ok') throw refusal('the connection', responseCodeOf(greeting));
      const capabilities = await readCapabilities(connection);
      if (capabilities !== undefined && !capabilities.get('SASL')?.includes('XOAUTH2')) {
        throw malformed('capabilities without XOAUTH2, the one way to log in');
      }
      // Else Gmail lists about the 250 oldest that no client has popped yet.
      const user = /\bGpop\b/.test(greeting.text) ? (`recent:${address}` as const) : address;
      await logIn(connection, initialResponse(user, token.accessToken).reveal());
      return new Pop3Client(connection, capabilities?.has('PIPELINING') ? FLIGHT : 1);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async list(): Promise<readonly ListedMessage[]> {
    return this.#closingAtFault(async () => parseUidl(await this.#ask('UIDL')));
  }

  async sizes(): Promise<ReadonlyMap<number, number>> {
    return this.#closingAtFault(async () => parseSizes(await this.#ask('LIST')));
  }

  /**
   * The header of each message, and so many lines of its text. Of a longer answer the beginning.
   * Messages that the server refuses to show are left out.
   */
  async tops(numbers: readonly number[], lines: number, keepBytes: number): Promise<ReadonlyMap<number, Buffer>> {
    const maxBytes = MAX_MAIL_BYTES;
    return this.#readEach(
      numbers.map((number) => ({ number, command: `TOP ${number} ${lines}`, keepBytes, maxBytes })),
    );
  }

  /** Whole mails, each of at most so many bytes. Messages that the server refuses to show are left out. */
  async mails(
    requested: readonly { number: number; maxBytes: number }[],
    by: WholeBy,
  ): Promise<ReadonlyMap<number, Buffer>> {
    return this.#readEach(
      requested.map(({ number, maxBytes }) => ({
        number,
        command: wholeCommand(number, by),
        keepBytes: maxBytes,
        maxBytes,
      })),
    );
  }

  /** One mail, piece by piece. */
  async *stream(number: number, by: WholeBy): AsyncGenerator<Uint8Array> {
    this.#connection.send([wholeCommand(number, by)]);
    const status = await this.#connection.status();
    if (status.kind !== 'ok') throw refusal(by, responseCodeOf(status));
    yield* this.#connection.answer(MAX_MAIL_BYTES);
  }

  async isListed(number: number): Promise<boolean> {
    this.#connection.send([`LIST ${number}`]);
    const status = await this.#connection.status();
    if (status.kind !== 'ok' && !isOfMessage(responseCodeOf(status))) throw refusal('LIST', responseCodeOf(status));
    return status.kind === 'ok';
  }

  close(): void {
    this.#connection.close();
  }

  async #ask(command: string): Promise<Buffer> {
    this.#connection.send([command]);
    const status = await this.#connection.status();
    if (status.kind !== 'ok') throw refusal(command, responseCodeOf(status));
    return gather(this.#connection.answer(MAX_LISTING_BYTES), MAX_LISTING_BYTES);
  }

  #readEach(requests: readonly Request[]): Promise<ReadonlyMap<number, Buffer>> {
    return this.#closingAtFault(async () => {
      const read = new Map<number, Buffer>();
      for (let from = 0; from < requests.length; from += this.#flight) {
        const flight = requests.slice(from, from + this.#flight);
        this.#connection.send(flight.map(({ command }) => command));
        for (const request of flight) {
          const answer = await this.#readOne(request);
          if (answer !== undefined) read.set(request.number, answer);
        }
      }
      return read;
    });
  }

  async #readOne({ command, keepBytes, maxBytes }: Request): Promise<Buffer | undefined> {
    const status = await this.#connection.status();
    if (status.kind === 'ok') return gather(this.#connection.answer(maxBytes), keepBytes);
    if (isOfMessage(responseCodeOf(status))) return undefined;
    throw refusal(command.slice(0, 4).trim(), responseCodeOf(status));
  }

  /** Answers of the flight that nobody has read yet would be taken for those of the next command. */
  async #closingAtFault<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.close();
      throw error;
    }
  }
}

/** Undefined where the server knows no CAPA. */
async function readCapabilities(connection: Connection) {
  connection.send(['CAPA']);
  const status = await connection.status();
  if (status.kind !== 'ok') return undefined;
  return parseCapabilities(await gather(connection.answer(MAX_CAPABILITIES_BYTES), MAX_CAPABILITIES_BYTES));
}

/** A line may have 255 octets (RFC 5034 section 4), fewer than most tokens: the response goes behind a continuation. */
async function logIn(connection: Connection, response: string): Promise<void> {
  connection.send(['AUTH XOAUTH2']);
  const first = await connection.status();
  if (first.kind !== 'continue') throw refusal('AUTH', responseCodeOf(first));
  connection.send([response]);
  const second = await connection.status();
  if (second.kind === 'ok') return;
  if (second.kind === 'refused') throw loginRefusal(responseCodeOf(second));
  // Why it was refused, as JSON in base64: an empty line asks for the refusal itself.
  connection.send(['']);
  throw loginRefusal(responseCodeOf(await connection.status()));
}

function responseCodeOf(status: Status): string | undefined {
  return status.kind === 'refused' ? status.responseCode : undefined;
}

async function gather(pieces: AsyncIterable<Buffer>, keepBytes: number): Promise<Buffer> {
  const kept: Buffer[] = [];
  let room = keepBytes;
  for await (const piece of pieces) {
    if (room > 0) kept.push(piece.subarray(0, room));
    room -= piece.length;
  }
  return Buffer.concat(kept);
}
