// The commands of the TRANSACTION state (RFC 1939 section 5), and QUIT.
import { bodyOffset } from './header-fields.ts';
import type { Message } from './message.ts';
import { auth, capability, pass, user } from './pop3-login.ts';
import { closeMaildrop, type Maildrop, uidlOf } from './pop3-maildrop.ts';
import { Farewell, type Pop3Command, type Pop3Session } from './pop3-session.ts';

type OpenCommand = (session: Pop3Session, maildrop: Maildrop, argument: string) => Promise<void>;

/** Refused before the login. */
function open(command: OpenCommand): Pop3Command {
  return async (session, argument) => {
    const { maildrop } = session;
    if (maildrop) await command(session, maildrop, argument);
    else await session.reply('-ERR bad command');
  };
}

const stat: OpenCommand = async (session, maildrop) => {
  const left = [...listed(maildrop).values()];
  await session.reply(`+OK ${left.length} ${sizeOf(left)}`);
};

/** LIST and UIDL: of all, or of one. */
function lister(describe: (message: Message) => string): OpenCommand {
  return async (session, maildrop, argument) => {
    const left = listed(maildrop);
    if (argument === '') {
      const lines = [...left].map(([number, message]) => `${number} ${describe(message)}`);
      return session.reply(
        [`+OK ${left.size} messages (${sizeOf([...left.values()])} bytes)`, ...lines, '.'].join('\r\n'),
      );
    }
    const message = left.get(numberIn(argument));
    await session.reply(message ? `+OK ${argument} ${describe(message)}` : noSuchMessage);
  };
}

const retrieve: OpenCommand = async (session, maildrop, argument) => {
  const message = listed(maildrop).get(numberIn(argument));
  if (!message) return session.reply(noSuchMessage);
  await session.reply('+OK message follows');
  await session.wire.write(dotted(message.raw));
  maildrop.fetched.add(message);
};

const top: OpenCommand = async (session, maildrop, argument) => {
  const [, number = '', lines = ''] = /^(\S+) +(\d{1,9})$/.exec(argument) ?? [];
  if (lines === '') return session.reply('-ERR malformed command');
  const message = listed(maildrop).get(numberIn(number));
  if (!message) return session.reply(noSuchMessage);
  await session.reply('+OK message follows');
  await session.wire.write(dotted(message.raw.subarray(0, endOfLines(message.raw, Number(lines)))));
};

const remove: OpenCommand = async (session, maildrop, argument) => {
  const message = listed(maildrop).get(numberIn(argument));
  if (message) maildrop.deleted.add(message);
  await session.reply(message ? '+OK marked for deletion' : noSuchMessage);
};

const reset: OpenCommand = async (session, maildrop) => {
  maildrop.deleted.clear();
  await session.reply('+OK');
};

const quit: Pop3Command = async (session) => {
  if (session.maildrop) closeMaildrop(session.maildrop, session.house.popped);
  await session.reply(session.maildrop ? '+OK Farewell.' : '+OK');
  throw new Farewell();
};

export const pop3Commands: ReadonlyMap<string, Pop3Command> = new Map<string, Pop3Command>([
  ['CAPA', capability],
  ['AUTH', auth],
  ['USER', user],
  ['PASS', pass],
  ['STAT', open(stat)],
  ['LIST', open(lister((message) => String(message.raw.length)))],
  ['UIDL', open(lister(uidlOf))],
  ['RETR', open(retrieve)],
  ['TOP', open(top)],
  ['DELE', open(remove)],
  ['RSET', open(reset)],
  ['NOOP', open((session) => session.reply('+OK'))],
  ['QUIT', quit],
]);

const noSuchMessage = '-ERR Message number out of range.';

function listed({ messages, deleted }: Maildrop): Map<number, Message> {
  const numbered = messages.map((message, index) => [index + 1, message] as const);
  return new Map(numbered.filter(([, message]) => !deleted.has(message)));
}

function numberIn(argument: string): number {
  return /^\d{1,9}$/.test(argument) ? Number(argument) : 0;
}

function sizeOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { raw }) => sum + raw.length, 0);
}

function endOfLines(raw: Buffer, lines: number): number {
  let end = bodyOffset(raw);
  for (let left = lines; left > 0 && end < raw.length; left -= 1) {
    const newline = raw.indexOf(0x0a, end);
    end = newline < 0 ? raw.length : newline + 1;
  }
  return end;
}

/** RFC 1939 section 3: leading dots doubled, a lone dot behind the last line. */
function dotted(raw: Buffer): Buffer {
  const pieces: Buffer[] = raw[0] === 0x2e ? [dot] : [];
  let from = 0;
  for (let at = raw.indexOf(dotAtStart); at >= 0; at = raw.indexOf(dotAtStart, from)) {
    pieces.push(raw.subarray(from, at + 3), dot);
    from = at + 3;
  }
  pieces.push(raw.subarray(from));
  const hasEnd = raw.length === 0 || raw.subarray(-2).equals(lineEnd);
  return Buffer.concat([...pieces, ...(hasEnd ? [] : [lineEnd]), dot, lineEnd]);
}

const dot = Buffer.from('.');
const lineEnd = Buffer.from('\r\n');
const dotAtStart = Buffer.from('\r\n.');
