// The new text of replies, exactly: Mailroom beside each library alone, on mail of our own and on a library's fixtures.
import EmailReplyParser from 'email-reply-parser';
import * as planer from 'planer';
import { afterAll, describe, expect, it } from 'vitest';
import { readMail } from '../../lib/mime/mail-content.ts';
import { APPLE } from './replies/apple.ts';
import { BYTES } from './replies/bytes.ts';
import { mailOf, type ReplyCase } from './replies/case.ts';
import { GMAIL } from './replies/gmail.ts';
import { GMAIL_HTML } from './replies/gmail-html.ts';
import { HARDER } from './replies/harder.ts';
import { LATER } from './replies/later.ts';
import { OTHER_CLIENTS } from './replies/other-clients.ts';
import { OTHER_CLIENTS_HTML } from './replies/other-clients-html.ts';
import { OUTLOOK } from './replies/outlook.ts';
import { OUTLOOK_HTML } from './replies/outlook-html.ts';
import { OUTLOOK_PHONES } from './replies/outlook-phones.ts';
import { planerPages, planerTexts } from './replies/planer-fixtures.ts';
import { WORDS } from './replies/words.ts';

/** A case that Mailroom misses, with the reason: none. */
const KNOWN_MISSES: ReadonlyMap<string, string> = new Map();

type Judge = (said: string, of: ReplyCase) => boolean;

const isExact: Judge = (said, { expected }) => tidy(said) === tidy(expected);
const quotedBy = new Map(planerPages().map(({ name, quoted }) => [name, quoted]));
const hasOnlyItsPiece: Judge = (said, { name, expected }) =>
  said.includes(expected) && !said.includes(quotedBy.get(name) ?? '');

const SETS: readonly { name: string; cases: readonly ReplyCase[]; isRight: Judge }[] = [
  { name: 'Gmail', cases: [...GMAIL, ...GMAIL_HTML], isRight: isExact },
  { name: 'Outlook', cases: [...OUTLOOK, ...OUTLOOK_PHONES, ...OUTLOOK_HTML], isRight: isExact },
  { name: 'Apple Mail', cases: APPLE, isRight: isExact },
  { name: 'other clients', cases: [...OTHER_CLIENTS, ...OTHER_CLIENTS_HTML], isRight: isExact },
  { name: "people's own words", cases: WORDS, isRight: isExact },
  { name: 'charsets and broken MIME', cases: BYTES, isRight: isExact },
  { name: 'written after the rules', cases: LATER, isRight: isExact },
  { name: 'written after the rules, a second time', cases: HARDER, isRight: isExact },
  { name: "planer's texts", cases: planerTexts(), isRight: isExact },
  { name: "planer's HTML, by a piece", cases: planerPages(), isRight: hasOnlyItsPiece },
];

/** White space at the ends of the text and of its lines says nothing. */
function tidy(text: string): string {
  return text.replace(/[^\S\n]+$/gmu, '').trim();
}

const READERS = {
  mailroom: ({ newText }) => newText,
  'email-reply-parser': ({ fullText }) => new EmailReplyParser().read(fullText).getVisibleText(),
  planer: ({ fullText }) => planer.extractFrom(fullText, 'text/plain'),
} satisfies Record<string, (mail: { newText: string; fullText: string }) => string>;

const rows: string[] = [];

describe.each(SETS)('the new text of replies: $name', ({ name, cases, isRight }) => {
  it('is found at least as often as by either library alone', async () => {
    const right = { mailroom: 0, 'email-reply-parser': 0, planer: 0 };
    for (const each of cases) {
      const mail = await readMail(mailOf(each));
      for (const [reader, read] of Object.entries(READERS)) {
        if (isRight(read(mail), each)) right[reader as keyof typeof right] += 1;
      }
    }
    rows.push(`| ${name} | ${cases.length} | ${Object.values(right).join(' | ')} |`);
    expect(right.mailroom).toBeGreaterThanOrEqual(Math.max(right.planer, right['email-reply-parser']));
  });

  it.each(cases.filter((each) => !KNOWN_MISSES.has(each.name)))('of $name', async (each) => {
    const { newText } = await readMail(mailOf(each));
    if (isRight === isExact) expect(tidy(newText)).toBe(tidy(each.expected));
    else expect(newText).toSatisfy((said: string) => isRight(said, each));
  });
});

it('names each case once', () => {
  const names = SETS.flatMap(({ cases }) => cases.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
});

afterAll(() => {
  console.log(
    ['| set | cases | mailroom | email-reply-parser | planer |', '| --- | --- | --- | --- | --- |', ...rows].join('\n'),
  );
});
