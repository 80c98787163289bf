// Bounces without a machine-readable part: qmail, Exim, Sendmail, Domino, old Exchange and many a provider of mail write
// prose. Nearly all of them put an address at the beginning of a line, and below or behind it what the server said.
import type { BouncedRecipient } from '../core/mail-content.ts';
import { enhancedCodeIn, judge, replyStart } from './bounce-verdict.ts';
import { saysDelayed } from './bounce-words.ts';
import { withoutCopy } from './returned-mail.ts';

export interface Notice {
  readonly text: string;
  readonly subject: string;
  /** X-Failed-Recipients, of Exim and Gmail. */
  readonly failed: readonly string[];
  /** Addresses that stand in every notice and did not fail: the mailbox itself, and who writes. */
  readonly own: readonly string[];
  /** To whom the mail went that the notice gives back, where that is one address. */
  readonly returnedTo: string | undefined;
}

/** What is said of one address, and the paragraphs below it. */
interface Passage {
  readonly address: string;
  readonly text: string;
}

const MAX_CHARACTERS = 64 * 1024;
const MAX_LINE_CHARACTERS = 2_000;
const MAX_RECIPIENTS = 100;
const MAX_DIAGNOSTIC_CHARACTERS = 1_000;

const ADDRESS = String.raw`[^\s<>()[\]:;,"'«»„“”*|@]{1,64}@(?:[\p{L}\p{N}_-]{1,63}\.){1,10}[\p{L}\p{N}-]{2,63}`;
/** What may stand before an address that a line is about. Not `From:` or `Sender:`: those did not fail. */
const LABEL =
  '(?:failed |final |original |original-?|final-?|the |unknown )?(?:recipients?|rcpt to|error-for|address|e-?mail(?: address)?|mailbox|user|empfänger|adresse|destinataires?|destinatario|destinatário|ontvanger|geadresseerde|mottagare|modtager|odbiorca|adresát|příjemce|получатель|адрес|收件者|受信者|수신자)(?: address)?';
/** The field of the mail that is spoken of: it may name others too, whom it reached. */
const TO = '(?:to|an|à|para|a|aan|till|til|do|komu|кому|收件人|宛先|받는 사람)';
const opening = (label: string): RegExp =>
  new RegExp(
    String.raw`^[\s>*•·–-]{0,20}(?:${label}\s{0,3}[:：=]\s{0,10})?(?:(?:rfc822|smtp)\s{0,3}[;:]\s{0,3})?[<["'«„“]{0,2}(?:smtp:|mailto:)?(${ADDRESS})[>\]"'»”“]{0,2}(?=[\s:;,(.…]|$)`,
    'iu',
  );
const OPENING = opening(LABEL);
const OPENING_TO = opening(TO);
/** As servers quote them: `RCPT TO:<a@b>`, `550 5.1.1 <a@b>: …`. */
const QUOTED_ADDRESS = new RegExp(`<(${ADDRESS})>`, 'giu');
const ANY_ADDRESS = new RegExp(String.raw`(?<![^\s<>()[\]:;,"'«»„“”*|])${ADDRESS}`, 'giu');
/** A line about who sent, or one whose `<…@…>` is no address. */
const SENDER =
  /^[\s>*]{0,20}(?:[\w-]{0,20}message-?id|references|in-reply-to|mail from|from|sender|reply-to|return-path|envelope-from|von|absender|expéditeur|de|remitente|mittente|van|от|отправитель|发件人|寄件者|差出人)\s{0,3}[:：=]/iu;
const NOBODY = /^(?:post-?master|mailer-?daemon|abuse|hostmaster|noreply|no-reply|help-?desk)@/i;

export function readBounceText(notice: Notice): readonly BouncedRecipient[] {
  const text = withoutCopy(notice.text.slice(0, MAX_CHARACTERS));
  const delayed = saysDelayed(notice.subject, text.slice(0, 2_000));
  const passages = passagesOf(text, notice);
  const isOnly = passages.length === 1;
  return passages.map((passage) => describe(passage, isOnly ? text : passage.text, delayed));
}

function passagesOf(text: string, { failed, own, returnedTo }: Notice): readonly Passage[] {
  const isOther = (address: string): boolean => !NOBODY.test(address) && !includes(own, address);
  const opened = merged(passagesIn(text, OPENING));
  if (failed.length > 0) return ofFailed(failed, opened, text);
  const others = [opened, merged(passagesIn(text, OPENING_TO))].map((passages) =>
    passages.filter(({ address }) => isOther(address)),
  );
  const found = others.find((passages) => passages.length > 0);
  return found?.slice(0, MAX_RECIPIENTS) ?? mentioned(text, isOther, returnedTo);
}

/** X-Failed-Recipients says who; the text says why, of each or of all. */
function ofFailed(failed: readonly string[], opened: readonly Passage[], text: string): readonly Passage[] {
  const known = opened.filter(({ address }) => includes(failed, address));
  const addresses = known.map(({ address }) => address);
  const rest = failed.filter((address) => !includes(addresses, address));
  return [...known, ...rest.map((address) => ({ address, text: mentionsOf(address, text) }))].slice(0, MAX_RECIPIENTS);
}

/** In a reply that is quoted, in a sentence, or in the header of the mail that came back, if that went to one only. */
function mentioned(text: string, isOther: (address: string) => boolean, returnedTo: string | undefined): Passage[] {
  const lines = text.split('\n').filter((line) => !SENDER.test(line));
  const firstOf = (pattern: RegExp): string[] =>
    lines.map((line) => addressesIn(line, pattern).filter(isOther)).find((found) => found.length > 0) ?? [];
  const quoted = firstOf(QUOTED_ADDRESS);
  const addresses = quoted.length > 0 ? quoted : firstOf(ANY_ADDRESS);
  if (addresses.length === 0 && returnedTo !== undefined) return [{ address: returnedTo, text }];
  return addresses.map((address) => ({ address, text: mentionsOf(address, text) }));
}

/** From a line that begins with an address to the next that does. */
function passagesIn(text: string, pattern: RegExp): Passage[] {
  const found: { address: string; lines: string[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = pattern.exec(line.slice(0, MAX_LINE_CHARACTERS));
    const address = match?.[1];
    if (address !== undefined) found.push({ address: trimmed(address), lines: [line.slice(match?.[0].length ?? 0)] });
    else found.at(-1)?.lines.push(line);
  }
  return found.map(({ address, lines }) => ({ address, text: lines.join('\n') }));
}

/** Exchange names a recipient at the top for people and again below for administrators. */
function merged(passages: readonly Passage[]): Passage[] {
  const byAddress = new Map<string, Passage>();
  for (const passage of passages) {
    const key = passage.address.toLowerCase();
    const before = byAddress.get(key);
    byAddress.set(key, before === undefined ? passage : { ...before, text: `${before.text}\n\n${passage.text}` });
  }
  return [...byAddress.values()];
}

function mentionsOf(address: string, text: string): string {
  const lower = address.toLowerCase();
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.toLowerCase().includes(lower));
  return paragraphs.join('\n\n') || text;
}

function describe({ address, text }: Passage, everything: string, delayed: boolean): BouncedRecipient {
  const said = [text, everything].map(serverWords).find((words) => words !== undefined);
  const diagnostic = said ?? firstParagraph(text) ?? firstParagraph(everything) ?? null;
  const grounds = said ?? `${text}\n${everything}`.slice(0, 4_000);
  const judged = judge(enhancedCodeIn(grounds) ?? null, grounds, delayed);
  return { address, action: delayed ? 'delayed' : 'failed', ...judged, diagnostic };
}

/** From a server's reply to the end of its paragraph; else the paragraph that has an enhanced code in it. */
function serverWords(text: string): string | undefined {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim());
  const quoted = paragraphs.find((paragraph) => replyStart(paragraph) >= 0);
  if (quoted !== undefined) return quoted.slice(replyStart(quoted)).slice(0, MAX_DIAGNOSTIC_CHARACTERS);
  return paragraphs.find((paragraph) => enhancedCodeIn(paragraph) !== undefined)?.slice(0, MAX_DIAGNOSTIC_CHARACTERS);
}

/** The first that says something: no heading, no line of dashes. */
function firstParagraph(text: string): string | undefined {
  const paragraphs = text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').replace(/^[\s:>)\].,;]+/, ''))
    .filter((paragraph) => /\p{L}{2}/u.test(paragraph) && !/^[-=_*|]{3}/.test(paragraph));
  const telling = paragraphs.find((paragraph) => !/[:：] ?$/.test(paragraph)) ?? paragraphs[0];
  return telling?.slice(0, MAX_DIAGNOSTIC_CHARACTERS);
}

function addressesIn(line: string, pattern: RegExp): string[] {
  const found = [...line.slice(0, MAX_LINE_CHARACTERS).matchAll(pattern)].map((match) => match[1] ?? match[0]);
  return [...new Set(found.map(trimmed))].slice(0, MAX_RECIPIENTS);
}

function includes(addresses: readonly string[], address: string): boolean {
  return addresses.some((one) => one.toLowerCase() === address.toLowerCase());
}

function trimmed(address: string): string {
  return address.replace(/^[.]+|[.-]+$/g, '');
}
