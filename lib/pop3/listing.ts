// The answers to CAPA, UIDL and LIST, read strictly: a number that is wrong would fetch another mail.
import type { ListedMessage } from '../core/uidl-cursor.ts';
import { malformed } from './pop3-errors.ts';

/** RFC 2449 section 3: a name and its arguments a line. */
export function parseCapabilities(answer: Buffer): ReadonlyMap<string, readonly string[]> {
  const words = linesOf(answer).map((line) => line.toUpperCase().split(' '));
  return new Map(words.map(([name = '', ...rest]) => [name, rest]));
}

/**
 * In the order of their numbers. A unique-id has 1 to 70 characters (RFC 1939 section 7); some servers' are longer.
 * @throws MailError POP3_REFUSED
 */
export function parseUidl(answer: Buffer): readonly ListedMessage[] {
  const listed = parseLines(answer, /^(\d{1,9}) ([\x21-\x7e]{1,512})$/);
  return [...listed].map(([number, uidl]) => ({ number, uidl })).sort((one, other) => one.number - other.number);
}

/** Bytes by number. @throws MailError POP3_REFUSED */
export function parseSizes(answer: Buffer): ReadonlyMap<number, number> {
  const listed = parseLines(answer, /^(\d{1,9}) (\d{1,15})(?: .*)?$/);
  return new Map([...listed].map(([number, bytes]) => [number, Number(bytes)]));
}

function parseLines(answer: Buffer, pattern: RegExp): Map<number, string> {
  const lines = linesOf(answer);
  const listed = new Map<number, string>();
  for (const line of lines) {
    const [, number = '0', value = ''] = pattern.exec(line) ?? [];
    if (Number(number) > 0) listed.set(Number(number), value);
  }
  if (listed.size !== lines.length) throw malformed('a list with a line that cannot be read, or a number twice');
  return listed;
}

function linesOf(answer: Buffer): string[] {
  return answer.toString('latin1').split('\r\n').slice(0, -1);
}
