// Where a client repeats the headers of what it quotes or forwards: Outlook, Lotus Notes, phones, and every "Forwarded message".
import { type HeaderKind, headerOn } from './header-names.ts';

/** Lines of one block; long lists of recipients are wrapped. */
const MAX_BLOCK_LINES = 16;
const MAX_LINE = 300;

const ADDRESS = /[^\s<>()@]{1,64}@[^\s<>()@]{1,255}/u;
const ONLY_ADDRESS = /^[^<>@]{0,80}[<([]?(?:mailto:)?[^\s<>()@]{1,64}@[^\s<>()@]{1,255}[>)\]]?$/u;

const ORIGINAL =
  /original|ursprünglich|origine|oorspronkelijk|oryginaln|ursprung|oprindelig|opprinnelig|alkuperäi|původní|pôvodn|исходн|元の|原始|原邮件|原郵件|原件|원본|özgün|orijinal|eredeti|reply message|antwort/iu;
const FORWARDED =
  /forward|weitergeleitet|transf[eé]r|réexpédi|reenviad|reencaminhad|encaminhad|inoltrat|doorgestuurd|przekaz|przesłan|vidarebefordr|videresendt|välitet|edelleenläh|přeposl|preposl|пересл|пересыла|переадрес|転送|转发|轉寄|전달된|iletilen|yönlendirilen|továbbít/iu;
const MESSAGE =
  /mess?age|nachricht|mensaje|mensagem|messaggio|bericht|wiadomoś|meddelande|brev|mejl|besked|meddelelse|melding|viesti|zpráv|správ|сообщени|письм|повідомл|メッセージ|メール|邮件|郵件|메시지|메일|ileti|mail|üzenet/iu;

/** "##- Please type your reply above this line -##", as ticket systems put it on top of what they send. */
const ABOVE_THIS_LINE =
  /(?:above|over) (?:this|the) line|(?:über|oberhalb) dieser Zeile|au-dessus de cette ligne|(?:encima|arriba) de esta línea|sopra questa (?:riga|linea)|acima (?:desta|dessa) linha|boven deze (?:regel|lijn)|powyżej tej linii|ovanför (?:denna|den här) rad|over denne linje|tämän rivin yläpuolelle|nad t(?:í|i)mto řádke?m|выше этой (?:строки|линии|черты)|この行より上|在此行(?:之)?上方|이 줄 위|bu satırın üst/iu;

/** The line after a separator or a block of quoted headers that begins here; undefined where none does. */
export function quotedHeaderAt(lines: readonly string[], at: number): number | undefined {
  const line = (lines[at] ?? '').slice(0, MAX_LINE).trim();
  if (line === '') return undefined;
  if (isTicketLine(line)) return at + 1;
  if (!isSeparator(line)) return blockAt(lines, at);
  const below = skipBlank(lines, at + 1);
  const end = blockAt(lines, below);
  const dashed = /^[-_*=]{2,}/u.test(line);
  return end ?? (dashed ? at + 1 : undefined);
}

/** Whether this begins a block of headers without a line that says it is the original or a forwarded message. */
export function isBareBlock(lines: readonly string[], at: number): boolean {
  return !isSeparator((lines[at] ?? '').trim()) && blockAt(lines, at) !== undefined;
}

function isTicketLine(line: string): boolean {
  if (/^\W*##-.*-##\W*$/u.test(line)) return true;
  return (
    line.length <= 120 &&
    ABOVE_THIS_LINE.test(line) &&
    /^[-=#*_>~\s]{2,}|^\S+ .*(?:reply|antwort|répon|respuest|respond|rispo|resposta|antwoord|odpowied|svar|vasta|odpov|ответ|返信|回复|回覆|답장|yanıt|type|write|schreib)/iu.test(
      line,
    )
  );
}

function isSeparator(line: string): boolean {
  if (line.length > 100) return false;
  const isMessage = MESSAGE.test(line) && (ORIGINAL.test(line) || FORWARDED.test(line));
  if (/^[-_*=]{2,}.*[-_*=]{2,}\s*$/u.test(line))
    return isMessage || /^-{4,}\s?(?:元の|原始|转发|転送|원본)/u.test(line);
  return isMessage && (line.length <= 40 || /[:：]$/u.test(line));
}

/** The line after the block of headers that begins here. */
function blockAt(lines: readonly string[], at: number): number | undefined {
  const first = headerOn((lines[at] ?? '').slice(0, MAX_LINE));
  if (first === undefined) return undefined;
  const kinds = new Map<number, Set<HeaderKind>>();
  let addressed = false;
  let end = at;
  for (let i = at; i < lines.length && i < at + MAX_BLOCK_LINES && i - end <= 3; i += 1) {
    const line = (lines[i] ?? '').slice(0, MAX_LINE);
    const header = headerOn(line);
    if (header === undefined && line.trim() === '' && headerOn(lines[i + 1] ?? '') === undefined) break;
    if (header === undefined) continue;
    end = i + 1;
    addressed ||= ADDRESS.test(line) || ADDRESS.test(wrapped(lines[i + 1]));
    for (const { language, kind } of header.names) {
      kinds.set(language, (kinds.get(language) ?? new Set()).add(kind));
    }
  }
  const isBlock = [...kinds.values()].some((found) => isEnough(found, addressed));
  return isBlock || isLoneSender(lines, at, first.value) ? end : undefined;
}

function wrapped(line: string | undefined): string {
  return line === undefined || headerOn(line) ? '' : line.slice(0, MAX_LINE);
}

/** A person may write "From: Berlin" above "To: Hamburg": without an address it takes a sender, a date and a subject. */
function isEnough(kinds: ReadonlySet<HeaderKind>, addressed: boolean): boolean {
  if (kinds.has('from') && kinds.has('sent') && kinds.has('subject')) return true;
  if (!addressed || kinds.size < 2) return false;
  return kinds.has('from') || (kinds.has('sent') && kinds.has('to'));
}

/** One header is enough as a paragraph of its own that names nothing but an address. */
function isLoneSender(lines: readonly string[], at: number, value: string): boolean {
  const isParagraph = at > 0 && (lines[at - 1] ?? '').trim() === '' && (lines[at + 1] ?? '').trim() === '';
  const isSender = headerOn(lines[at] ?? '')?.names.some(({ kind }) => kind === 'from') === true;
  return isParagraph && isSender && ONLY_ADDRESS.test(value.slice(0, MAX_LINE).trim());
}

function skipBlank(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && at < from + 4 && (lines[at] ?? '').trim() === '') at += 1;
  return at;
}
