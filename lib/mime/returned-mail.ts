// The mail that a bounce gives back: by its Message-ID a bounce is known for ours, whether it came whole, as headers, or
// as a copy below the notice.
import { messageIdsIn } from '../core/thread.ts';
import { type ParsedMail, textOfPart } from './mail-parts.ts';

/** Headers stand at the beginning; what a mail of megabytes says further down is not asked. */
const MAX_BYTES = 64 * 1024;
const MAX_TEXT_CHARACTERS = 256 * 1024;
const MAX_IDS = 10;

const RETURNED = ['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers', 'text/rfc822'];

/** A field at the beginning of a line, quoted or not; its value may be folded to the next (RFC 5322 section 3.6.4). */
const MESSAGE_ID_FIELD =
  /^[ \t>|]{0,20}message-id[ \t]{0,20}:[ \t]{0,20}(?:\r?\n[ \t>|]{1,20})?(<[^<>\r\n]{1,510}>)/gim;

export function returnedMessageIds({ parts, text }: Pick<ParsedMail, 'parts' | 'text'>): readonly string[] {
  const copies = parts.filter(({ mimeType }) => RETURNED.includes(mimeType)).slice(0, 20);
  const texts = [...copies.map((part) => textOfPart(part, MAX_BYTES)), text.slice(0, MAX_TEXT_CHARACTERS)];
  const found = new Set<string>();
  for (const copy of texts) {
    for (const [, value] of copy.matchAll(MESSAGE_ID_FIELD)) {
      for (const id of messageIdsIn(value)) found.add(id);
      if (found.size >= MAX_IDS) return [...found].slice(0, MAX_IDS);
    }
  }
  return [...found];
}

/** Where the copy begins in the text of a notice: what stands there is no notice, though it may look like one. */
const COPY =
  /^[ \t]*(?:[-=_*]{2,}[ \t]*(?:below this line|this is (?:a |the )?copy|here is (?:a |the )?copy|(?:original|returned|undelivered|unsent|forwarded|bounced) (?:message|mail)|message header|the header|header of|copy of|ursprüngliche|original-?kopf|en-têtes|encabezados)|(?:original message (?:headers?|follows)|ursprüngliche nachrichtenk|original-?nachrichtenk|en-?têtes (?:de|du) message|encabezados de(?:l)? mensaje|cabeçalhos (?:da )?mensagem|intestazioni (?:del )?messaggio|oorspronkelijke berichtkop|заголовки исходного|(?:received|return-path|message-id|mime-version|dkim-signature)[ \t]*:))/imu;

/** @returns the notice without the copy of the mail below it */
export function withoutCopy(text: string): string {
  const copy = COPY.exec(text);
  return copy === null || copy.index === 0 ? text : text.slice(0, copy.index);
}
