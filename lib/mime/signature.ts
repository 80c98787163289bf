// What stands below a person's words and is not new: a signature, a legal footer, "Sent from my iPhone".
import { isClientFooter } from './client-footer.ts';

/** A signature marked by less than RFC 3676's "-- " has at most this many lines; more is text below a rule. */
const MAX_SIGNATURE_LINES = 12;

const RULE = /^\s*(?:-{2,}|_{2,}|={2,}|\*{3,}|#{3,}|~{3,}|[—–]{1,3})\s*$/u;

/** Mailman puts the address of a list below a rule of 47. */
const MAILMAN_RULE = /^_{40,}$/u;

/** Words that lawyers, not people, put below a rule. */
const LEGAL =
  /confidential|privileged|intended (?:solely |only )?(?:for|recipient)|disclaimer|vertraulich|bestimmungsgemäß|confidenti|confidenci|riservat|vertrouwelijk|poufn|konfidenti|fortrolig|luottamuksel|důvěrn|dôvern|конфиденциальн|機密|机密|保密|기밀|비밀|gizli|bizalmas/iu;
const CONTACT =
  /https?:\/\/|\bwww\.|[^\s@]{1,64}@[^\s@]{1,64}\.[a-z]{2,}|(?:tel|phone|mobile|mobil|fax|fon|cell|handy|t|m|p|tél|電話|电话|전화)\s?[.:]+\s?[+(\d]|\+\d[\d\s().-]{6,}|\b(?:gmbh|ltd|inc|llc|s\.?a\.?r?\.?l|b\.?v|a\.?g|s\.p\.a|ab|as|oy|s\.r\.o|sp\. z o\.o|ооо|株式会社|有限公司|주식회사|a\.ş)\b/iu;

/** The lines without client footers, and without the signature at their end. */
export function withoutSignature(lines: readonly string[]): string[] {
  const kept = withoutFooters(lines);
  const at = signatureStart(kept);
  return at === undefined ? kept : withoutFooters(kept.slice(0, at));
}

/** Where the first signature begins: all below it belongs to it. */
function signatureStart(lines: readonly string[]): number | undefined {
  let below = lines.filter((line) => line.trim() !== '').length;
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue;
    below -= 1;
    // RFC 3676 §4.3: "-- " on a line of its own; format=flowed keeps its space.
    if (/^--[ \u00a0]$/u.test(line)) return at;
    if (!RULE.test(line)) continue;
    if (isSignature(line.trim(), lines.slice(at + 1, at + 60), below)) return at;
  }
  return undefined;
}

function isSignature(rule: string, rest: readonly string[], count: number): boolean {
  const lines = rest.map((line) => line.slice(0, 400).trim()).filter((line) => line !== '');
  const [first] = lines;
  if (first === undefined) return true;
  if (lines.some((line) => line.endsWith('?'))) return false;
  if (lines.slice(0, 4).some((line) => LEGAL.test(line))) return true;
  if (count > MAX_SIGNATURE_LINES) return false;
  const hasContact = lines.some((line) => CONTACT.test(line));
  if (rule === '--') return hasContact || !isProse(lines);
  if (MAILMAN_RULE.test(rule) && hasContact) return true;
  // People draw rules between paragraphs, too: below one of those a signature has to look like one.
  return isName(first) && lines.every(isShort) && (hasContact || (count <= 4 && lines.every(isName)));
}

/** A signature is names, titles and numbers; sentences are text. */
function isProse(lines: readonly string[]): boolean {
  return (
    lines.length > 4 && lines.filter((line) => line.length > 70 || /[.!。]$/u.test(line)).length * 2 > lines.length
  );
}

function isShort(line: string): boolean {
  return line.length <= 70 && !/[.!?:;。]$/u.test(line);
}

function isName(line: string): boolean {
  return line.length <= 40 && isShort(line) && /^\p{Lu}|^\p{Lo}/u.test(line);
}

/** Footers are left out wherever they stand: a person may answer below the one of the phone. */
function withoutFooters(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let isLast = true;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at] ?? '';
    const startsParagraph = at === 0 || (lines[at - 1] ?? '').trim() === '';
    if (isClientFooter(line.trim(), isLast && startsParagraph) || isWrappedFooter(lines, at, isLast)) continue;
    isLast &&= line.trim() === '';
    kept.push(line);
  }
  return kept.reverse();
}

/** "Get Outlook for iOS" with its link on the next line, which then says nothing. */
function isWrappedFooter(lines: readonly string[], at: number, isLast: boolean): boolean {
  const above = (lines[at - 1] ?? '').trim();
  const line = (lines[at] ?? '').trim();
  return at > 0 && /^[<[(]?https?:\/\/\S{1,300}$/u.test(line) && isClientFooter(`${above} ${line}`, isLast);
}
