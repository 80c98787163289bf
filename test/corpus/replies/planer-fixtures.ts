// The fixtures of planer, read where the package keeps them: texts with the reply that its tests expect, and HTML
// with a piece that belongs to the reply and one that does not.
import { readFileSync } from 'node:fs';
import type { ReplyCase } from './case.ts';

const TESTS = new URL('../../../node_modules/planer/test/', import.meta.url);

/** planer means something else by "reply" there: it keeps forwarded mail, and quotes between which somebody answers. */
const ANOTHER_NOTION = ['detects inline replies', 'preserves forwarded messages'];

/** A block string of CoffeeScript loses the indent that all its lines share. */
function dedented(text: string): string {
  const lines = text.split('\n');
  const rest = lines.slice(1).filter((line) => line.trim() !== '');
  const indent = Math.min(...rest.map((line) => line.length - line.trimStart().length));
  return [lines[0], ...lines.slice(1).map((line) => line.slice(Math.min(indent, line.length)))].join('\n');
}

export function planerTexts(): ReplyCase[] {
  const source = readFileSync(new URL('planerText.test.coffee', TESTS), 'utf8');
  return source
    .split(/^ {2}it '/mu)
    .slice(1)
    .flatMap((test, at) => casesIn(test.slice(0, test.indexOf("'")), at + 1, test));
}

function casesIn(name: string, nth: number, test: string): ReplyCase[] {
  if (ANOTHER_NOTION.includes(name)) return [];
  return test
    .split(/^ {4}msgBody ?= ?/mu)
    .slice(1)
    .flatMap((part, at) => {
      const text = /^"""([\s\S]*?)"""/u.exec(part)?.[1];
      const expected = /to\.equal\((?:'([^'\n]*)'|(msgBody|reply))\)/u.exec(part);
      const reply = /^ {4}reply = """([\s\S]*?)"""/mu.exec(part)?.[1];
      if (text === undefined || expected === null) return [];
      const body = dedented(text).replaceAll(/\\x([0-9a-f]{2})/gu, (_all, hex) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      const said = expected[2] === 'msgBody' ? body : (expected[1] ?? dedented(reply ?? ''));
      return [{ name: `${nth}.${at + 1}, ${name}`, text: body, expected: said }];
    });
}

export interface SnippetCase extends ReplyCase {
  /** A piece of what is quoted. */
  readonly quoted: string;
}

export function planerPages(): SnippetCase[] {
  const source = readFileSync(new URL('planerHtml.test.coffee', TESTS), 'utf8');
  const pattern = /replySnippet = (['"])(.*?)\1\s+originalMsgSnippet = (['"])(.*?)\3[\s\S]*?absolutePath\('(.*?)'\)/gu;
  return [...source.matchAll(pattern)].map(([, , expected = '', , quoted = '', path = '']) => ({
    name: path,
    html: readFileSync(new URL(path, TESTS), 'utf8'),
    expected,
    quoted,
  }));
}
