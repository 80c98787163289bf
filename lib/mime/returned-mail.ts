// The mail that a bounce gives back: by its Message-ID a bounce is known for ours, whether it came whole, as headers, or
// as a copy below the notice.
import { addressParser } from 'postal-mime';
import { messageIdsIn } from '../core/thread.ts';
import { type ParsedMail, textOfPart } from './mail-parts.ts';

/** Headers stand at the beginning; what a mail of megabytes says further down is not asked. */
const MAX_BYTES = 64 * 1024;
const MAX_TEXT_CHARACTERS = 256 * 1024;
const MAX_IDS = 10;

const RETURNED = [
  'message/rfc822',
  'text/rfc822-headers',
  'message/global',
  'message/global-headers',
  'text/rfc822',
  'message/partial',
];

/** A field at the beginning of a line, quoted or not; its value may be folded to the next (RFC 5322 section 3.6.4). */
const MESSAGE_ID_FIELD =
  /^[ \t>|]{0,20}message-id[ \t]{0,20}:[ \t]{0,20}(?:\r?\n[ \t>|]{1,20})?(<[^<>\r\n]{1,510}>)/gim;

export function returnedMessageIds({ parts, text }: Pick<ParsedMail, 'parts' | 'text'>): readonly string[] {
  const found = new Set<string>();
  for (const copy of [...copiesIn(parts), text.slice(0, MAX_TEXT_CHARACTERS)]) {
    for (const [, value] of copy.matchAll(MESSAGE_ID_FIELD)) {
      for (const id of messageIdsIn(value)) found.add(id);
      if (found.size >= MAX_IDS) return [...found].slice(0, MAX_IDS);
    }
  }
  return [...found];
}

/** The one address that the returned mail was for; undefined where it was for several, or its header is not there. */
export function returnedTo({ parts, text }: Pick<ParsedMail, 'parts' | 'text'>): string | undefined {
  const notice = withoutCopy(text);
  const [copy = ''] = [...copiesIn(parts), belowMarker(text.slice(notice.length, notice.length + MAX_BYTES))];
  const [header = ''] = copy.split(/\r?\n[ \t]*\r?\n/, 1);
  const fields = [...header.matchAll(/^(?:to|cc)[ \t]*:((?:.|\r?\n[ \t])*)/gim)].map(([, value = '']) => value);
  const addresses = fields.flatMap((field) => addressParser(field.slice(0, 5_000), { flatten: true }));
  const [only, ...others] = addresses.map(({ address = '' }) => address).filter((address) => /^\S+@\S+$/.test(address));
  return others.length === 0 ? only : undefined;
}

/** `--- Below this line is a copy of the message.` and the blank lines behind it. */
function belowMarker(copy: string): string {
  return copy.replace(/^[ \t]*[-=_*].*\r?\n\s*/, '');
}

function copiesIn(parts: ParsedMail['parts']): string[] {
  const copies = parts.filter(({ mimeType }) => RETURNED.includes(mimeType)).slice(0, 20);
  return copies.map((part) => textOfPart(part, MAX_BYTES));
}

/** Where the copy begins in the text of a notice: what stands there is no notice, though it may look like one. */
const COPY =
  /^[ \t]*(?:[-=_*]{2,}[ \t]*(?:below this line|this is (?:a |the )?copy|here is (?:a |the )?copy|(?:original|returned|undelivered|unsent|forwarded|bounced) (?:message|mail)|message header|the header|header of|copy of|ursprüngliche|original-?kopf|en-têtes|encabezados)|(?:original message (?:headers?|follows)|ursprüngliche nachrichtenk|original-?nachrichtenk|en-?têtes (?:de|du) message|encabezados de(?:l)? mensaje|cabeçalhos (?:da )?mensagem|intestazioni (?:del )?messaggio|oorspronkelijke berichtkop|заголовки исходного|(?:received|return-path|message-id|mime-version|dkim-signature)[ \t]*:))/imu;

/** @returns the notice without the copy of the mail below it */
export function withoutCopy(text: string): string {
  const copy = COPY.exec(text);
  return copy === null || copy.index === 0 ? text : text.slice(0, copy.index);
}
