// The line that clients write above what they quote: "On Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:".
// It is told from a sentence that ends in a colon by a date with a time, an address, or quoted lines below it.

/** Lines that an attribution spans at most: clients wrap it at 72 to 80 columns, and a name and an address are long. */
const MAX_LINES = 4;
const MAX_CHARACTERS = 500;

const DATE =
  /(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}(?!\d)|(?<!\p{L})\p{Lu}\p{L}{2,8}\.? \d{1,2},/u;
const TIME = /(?<![\d.])\d{1,2}(?:[:.]|\s?h\s?)\d{2}(?![\d.]*\d)/u;
const ADDRESS = /[^\s<>()@]{1,64}@[^\s<>()@]{1,255}/u;
const BRACKETED_ADDRESS = /[<([]\s?(?:mailto:)?[^\s<>()@]{1,64}@[^\s<>()@]{1,255}[>)\]]/u;

/** How an attribution begins where the language puts the date first, and its word for "wrote". */
interface Wording {
  readonly opener?: string;
  readonly verb: string;
}

const WORDINGS: readonly Wording[] = [
  { opener: 'On', verb: 'wrote|writes' },
  { opener: 'Am|Vom', verb: 'schrieb|schrieben|geschrieben|schreibt' },
  { opener: 'Le', verb: 'a écrit|écrit|écrivait' },
  { opener: 'El', verb: 'escribió|va escriure' },
  { opener: 'Il|In data', verb: 'ha scritto|scrive' },
  { opener: 'Em|No dia|A', verb: 'escreveu' },
  { opener: 'Op', verb: 'schreef|geschreven' },
  { opener: 'W dniu|Dnia', verb: 'napisał|napisała|napisał\\(a\\)|pisze' },
  { opener: 'Den|På|Kl\\.', verb: 'skrev|skrev følgende' },
  { verb: 'kirjoitti' },
  { opener: 'Dne|Dňa', verb: 'napsal|napsala|napsal\\(a\\)|napísal|napísala|napísal\\(a\\)' },
  { verb: 'пишет|писал|писала|написал|написала|написал\\(а\\)|пише|написав|написа' },
  { verb: 'yazdı|şunu yazdı|şunları yazdı' },
  { verb: 'írta|έγραψε|a scris|napisao|napisala|đã viết|menulis' },
  { opener: 'În data de|Στις', verb: 'a scris|έγραψε' },
];

/** These scripts set no space between words. */
const UNSPACED_VERB =
  /(?:写道|寫道|撰写|书写|のメッセージ|のメール|書きました|님이 작성|작성|님이 쓴 글|כתב|كتب|เขียน)/u;
const UNSPACED_OPENER = /^[在于於]\s?\d/u;

const LANGUAGES = WORDINGS.map(({ opener, verb }) => ({
  opener: opener === undefined ? undefined : new RegExp(`^(?:${opener})\\s`, 'u'),
  within:
    opener === undefined
      ? undefined
      : new RegExp(`(?<=\\s|-)(?:${opener})\\s(?=(?:\\p{L}{1,14}[.,]{0,2}\\s){0,3}\\d)`, 'u'),
  verb: new RegExp(`(?<!\\p{L})(?:${verb})(?!\\p{L})`, 'iu'),
}));

const PRONOUN_VERB =
  /(?<!\p{L})(?:i|you|he|she|we|they|je|tu|il|elle|on|nous|vous|ils|yo|usted|él|ella|io|lei|lui|eu|você|ele|ela|ik|u|jij|hij|zij|wij|jag|ni|han|hon|vi|jeg|minä|sinä|te|já|vy|я|вы|он|она|мы)\s(?:\p{L}{1,6}\s)?(?:wrote|écrit|écrivait|escribió|scritto|escreveu|geschreven|skrev|kirjoitti|napsal|писали?|написали?)(?!\p{L})/iu;
const VERB_PRONOUN =
  /(?<!\p{L})(?:schrieb|schrieben|schreibt|schreef|skrev)\s(?:ich|du|er|sie|wir|ihr|ik|u|jij|hij|zij|wij|jag|du|ni|han|hon|vi|jeg)(?!\p{L})/iu;

/** Ends in a colon, or in the dashes that Zoho and old webmailers put on both sides. */
const ENDING = /(?:[:：]\s*|[:：]?\s?-{2,}\s*)$/u;
const STARTS_WITH_DATE = /^(?:\p{L}{1,14}[.,]{1,2}\s|\p{L}{1,12}\s\d|\d)/u;

export interface Attribution {
  readonly firstLine: number;
  /** What a person wrote on the first line, before it. */
  readonly before: string;
}

/** The attribution that ends on this line, if one does. */
export function attributionEndingAt(
  lines: readonly string[],
  last: number,
  isAboveQuote: boolean,
): Attribution | undefined {
  const ending = lines[last] ?? '';
  if (hasQuoteOnSameLine(ending)) return { firstLine: last, before: '' };
  const isUnfinished = isAboveQuote && ADDRESS.test(ending.slice(0, MAX_CHARACTERS));
  if (!ENDING.test(ending.slice(-20)) && !isUnfinished) return undefined;
  let certain: Attribution | undefined;
  let fallback: Attribution | undefined;
  let joined = '';
  for (let first = last; first >= 0 && last - first < MAX_LINES; first -= 1) {
    const line = (lines[first] ?? '').trim();
    if (line === '' || line.startsWith('>')) break;
    joined = `${line} ${joined}`.trim();
    if (joined.length > MAX_CHARACTERS) break;
    const found = rate(withoutMarks(joined), isAboveQuote, first === last);
    if (found === 'opened') return { firstLine: first, before: '' };
    if (found === undefined) continue;
    if (found === 'likely') fallback ??= { firstLine: first, before: '' };
    else certain ??= { firstLine: first, before: found.before };
  }
  return certain ?? fallback;
}

/** Yahoo on Android begins the quote, which it does not mark, on the line of its attribution, behind some spaces. */
function hasQuoteOnSameLine(line: string): boolean {
  const at = line.slice(0, MAX_CHARACTERS).search(/[:：] {2,8}\S/u);
  if (at < 0) return false;
  const text = withoutMarks(line.slice(0, at));
  const isOpened = LANGUAGES.some(({ opener, verb }) => opener?.test(text) && verb.test(text.slice(-20)));
  return isOpened && DATE.test(text) && TIME.test(text) && ADDRESS.test(text);
}

/** Apple and Gmail isolate the direction of names with marks that no reader sees. */
function withoutMarks(text: string): string {
  return text.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069*]/gu, '').replace(/^[-_\s]+/u, '');
}

/** Opened by the words that begin one; certain, after what stands before it; or only likely, so that a line above may be of it. */
type Rating = 'opened' | 'likely' | { readonly before: string };

function rate(text: string, isAboveQuote: boolean, isOneLine: boolean): Rating | undefined {
  const dated = DATE.test(text);
  const timed = TIME.test(text);
  const language = LANGUAGES.find(({ verb }) => verb.test(text));
  if (language === undefined && !UNSPACED_VERB.test(text)) return rateWithoutVerb(text, dated, timed, isAboveQuote);
  const isCertain = (dated && timed) || ((dated || timed) && ADDRESS.test(text)) || (dated && isAboveQuote);
  if (!isAboveQuote && isOfPronoun(text)) return undefined;
  const opener = language === undefined ? UNSPACED_OPENER : language.opener;
  if (isCertain && opener?.test(text)) return 'opened';
  if (isCertain) return { before: beforeOpener(text, language?.within) };
  if (BRACKETED_ADDRESS.test(text)) return 'likely';
  return isAboveQuote && isOneLine && text.length <= 80 ? 'likely' : undefined;
}

/** A client names who wrote; "On 2 Nov 2026 at 15:04 you wrote:" is what a person says. */
function isOfPronoun(text: string): boolean {
  return !ADDRESS.test(text) && (PRONOUN_VERB.test(text) || VERB_PRONOUN.test(text));
}

/** Japanese, Russian and Chinese Gmail name date, time and sender, and no verb; so do Yandex and Mail.ru. */
function rateWithoutVerb(text: string, dated: boolean, timed: boolean, isAboveQuote: boolean): Rating | undefined {
  if (!dated || !BRACKETED_ADDRESS.test(text)) return undefined;
  if (isAboveQuote && (timed || /^\d/u.test(text))) return { before: '' };
  if (!timed || !/[>)\]"]\s*[:：]\s*$/u.test(text)) return undefined;
  return STARTS_WITH_DATE.test(text) ? { before: '' } : undefined;
}

/** A webmailer may set the attribution behind the last word of the answer. */
function beforeOpener(text: string, within: RegExp | undefined): string {
  const at = within === undefined ? -1 : text.search(within);
  return at <= 0 ? '' : text.slice(0, at).replace(/[-\s]+$/u, '');
}
