// Bounces without a machine-readable part: qmail, Exim, Sendmail, Domino, old Exchange and many a provider of mail write
// prose. Nearly all of them put an address at the beginning of a line, and below or behind it what the server said.
import type { BouncedRecipient } from '../core/reading-ports.ts';
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
  '(?:failed |final |original |original-?|final-?|the )?(?:recipients?|to|address|e-?mail(?: address)?|mailbox|user|empfänger|an|adresse|destinataires?|à|destinatario|para|destinatário|a|ontvanger|aan|geadresseerde|mottagare|till|modtager|til|odbiorca|do|adresát|komu|příjemce|кому|получатель|адрес|收件人|收件者|宛先|受信者|수신자|받는 사람)(?: address)?';
const OPENING = new RegExp(
  String.raw`^[\s>*•·–-]{0,20}(?:${LABEL}\s{0,3}[:：=]\s{0,10})?(?:(?:rfc822|smtp)\s{0,3}[;:]\s{0,3})?[<["'«„“]{0,2}(?:smtp:|mailto:)?(${ADDRESS})[>\]"'»”“]{0,2}(?=[\s:;,(.…]|$)`,
  'iu',
);
/** As servers quote them: `RCPT TO:<a@b>`, `550 5.1.1 <a@b>: …`. */
const QUOTED_ADDRESS = new RegExp(`<(${ADDRESS})>`, 'giu');
const ANY_ADDRESS = new RegExp(String.raw`(?<![^\s<>()[\]:;,"'«»„“”*|])${ADDRESS}`, 'giu');
const NOBODY = /^(?:post-?master|mailer-?daemon|abuse|hostmaster|noreply|no-reply|help-?desk)@/i;

export function readBounceText(notice: Notice): readonly BouncedRecipient[] {
  const text = withoutCopy(notice.text.slice(0, MAX_CHARACTERS));
  const delayed = saysDelayed(notice.subject, text.slice(0, 2_000));
  const passages = passagesOf(text, notice);
  const isOnly = passages.length === 1;
  return passages.map((passage) => describe(passage, isOnly ? text : passage.text, delayed));
}

function passagesOf(text: string, { failed, own }: Notice): readonly Passage[] {
  const isOther = (address: string): boolean => !NOBODY.test(address) && !includes(own, address);
  const opened = merged(passagesIn(text));
  if (failed.length > 0) {
    const known = opened.filter(({ address }) => includes(failed, address));
    const rest = failed.filter(
      (address) => !known.some((passage) => passage.address.toLowerCase() === address.toLowerCase()),
    );
    return [...known, ...rest.map((address) => ({ address, text: mentionsOf(address, text) }))].slice(
      0,
      MAX_RECIPIENTS,
    );
  }
  const others = opened.filter(({ address }) => isOther(address));
  if (others.length > 0) return others.slice(0, MAX_RECIPIENTS);
  const [line = ''] = text.split('\n').filter((candidate) => addressesIn(candidate, QUOTED_ADDRESS).some(isOther));
  const quoted = addressesIn(line, QUOTED_ADDRESS).filter(isOther);
  if (quoted.length > 0) return quoted.map((address) => ({ address, text: mentionsOf(address, text) }));
  const [prose = ''] = text.split('\n').filter((candidate) => addressesIn(candidate, ANY_ADDRESS).some(isOther));
  return addressesIn(prose, ANY_ADDRESS)
    .filter(isOther)
    .map((address) => ({ address, text: mentionsOf(address, text) }));
}

/** From a line that begins with an address to the next that does. */
function passagesIn(text: string): Passage[] {
  const found: { address: string; lines: string[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const opening = OPENING.exec(line.slice(0, MAX_LINE_CHARACTERS));
    const address = opening?.[1];
    if (address !== undefined) found.push({ address: trimmed(address), lines: [line.slice(opening?.[0].length ?? 0)] });
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

function firstParagraph(text: string): string | undefined {
  const paragraphs = text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').replace(/^[\s:>)\].,;]+/, ''));
  return paragraphs.find((paragraph) => /\p{L}{2}/u.test(paragraph))?.slice(0, MAX_DIAGNOSTIC_CHARACTERS);
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
