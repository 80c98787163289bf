// Mail too large to be held in memory: its texts by BODYSTRUCTURE (RFC 9051 section 7.5.2), all of it piece by piece.
import type { ImapFlow, MessageStructureObject } from 'imapflow';
import type { MailOutline } from '../core/reading-ports.ts';

/** Of each text; an event holds no more. */
const MAX_TEXT_BYTES = 256 * 1024;
/** A round trip each: larger ones would be held in memory while they arrive. */
const PIECE_BYTES = 1024 * 1024;
const BOUNDARY = 'mailroom-outline';

export async function readOutline(client: ImapFlow, uid: number): Promise<MailOutline | undefined> {
  const mail = await client.fetchOne(String(uid), { uid: true, bodyStructure: true, headers: true }, { uid: true });
  if (!mail || mail.bodyStructure === undefined || mail.headers === undefined) return undefined;
  const leaves = leavesOf(mail.bodyStructure);
  const texts = ['text/plain', 'text/html'].flatMap((type) => leaves.find((leaf) => isText(leaf, type)) ?? []);
  const attachments = leaves.filter((leaf) => !texts.includes(leaf)).map(describe);
  const isSingle = mail.bodyStructure.childNodes === undefined;
  const isCut = texts.some(({ size = 0 }) => size > MAX_TEXT_BYTES);
  const parts = await fetchTexts(client, uid, texts, isSingle);
  const pieces = isSingle
    ? [mail.headers, ...parts]
    : [...headOf(mail.headers), ...parts.flatMap(delimited), closing()];
  return { mail: Buffer.concat(pieces), attachments, isCut };
}

export async function* streamMail(client: ImapFlow, uid: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; ; start += PIECE_BYTES) {
    const source = { start, maxLength: PIECE_BYTES };
    const mail = await client.fetchOne(String(uid), { uid: true, source }, { uid: true });
    const piece = mail ? mail.source : undefined;
    if (piece === undefined) throw new Error('the mail was expunged while it was read');
    yield piece;
    if (piece.length < PIECE_BYTES) return;
  }
}

/** What is forwarded within a mail counts as an attachment: its texts are not what the sender wrote. */
function leavesOf(node: MessageStructureObject): MessageStructureObject[] {
  const isMultipart = node.type.startsWith('multipart/');
  return isMultipart ? (node.childNodes ?? []).flatMap(leavesOf) : [node];
}

function isText(leaf: MessageStructureObject, type: string): boolean {
  return leaf.type === type && leaf.disposition !== 'attachment';
}

function describe({ type, parameters, dispositionParameters, encoding, size = 0 }: MessageStructureObject) {
  // Base64 in lines of 76 characters and CRLF: 57 bytes in 78 (RFC 2045 section 6.8).
  const bytes = encoding === 'base64' ? Math.round((size * 57) / 78) : size;
  return { filename: dispositionParameters?.filename ?? parameters?.name ?? null, contentType: type, bytes };
}

/** Each with its MIME header; the body of a mail that is a single text has the mail's own. */
async function fetchTexts(
  client: ImapFlow,
  uid: number,
  texts: readonly MessageStructureObject[],
  isSingle: boolean,
): Promise<Buffer[]> {
  const names = texts.map(({ part = '1' }) => (isSingle ? 'text' : part));
  if (names.length === 0) return [];
  const bodyParts = names.flatMap((key) => {
    const body = { key, start: 0, maxLength: MAX_TEXT_BYTES };
    return isSingle ? [body] : [`${key}.mime`, body];
  });
  const mail = await client.fetchOne(String(uid), { uid: true, bodyParts }, { uid: true });
  const found = mail ? mail.bodyParts : undefined;
  return names.map((name) => Buffer.concat([found?.get(`${name}.mime`) ?? EMPTY, found?.get(name) ?? EMPTY]));
}

const EMPTY = Buffer.alloc(0);

/** The mail's own header, but for how its body is made: that of the outline is another. */
function headOf(header: Buffer): Buffer[] {
  const fields = header.toString('latin1').split(/\r?\n(?![ \t])/);
  const kept = fields.filter((field) => field !== '' && !/^(?:content-[\w-]+|mime-version)[ \t]*:/i.test(field));
  const own = ['MIME-Version: 1.0', `Content-Type: multipart/alternative; boundary="${BOUNDARY}"`, '', ''];
  return [Buffer.from([...kept, ...own].join('\r\n'), 'latin1')];
}

function delimited(part: Buffer): Buffer[] {
  return [Buffer.from(`\r\n--${BOUNDARY}\r\n`), part];
}

function closing(): Buffer {
  return Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}
