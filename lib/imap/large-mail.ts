// Mail too large to be held in memory: its texts by BODYSTRUCTURE (RFC 9051 section 7.5.2), all of it piece by piece.
import type { FetchMessageObject, ImapFlow, MessageStructureObject } from 'imapflow';
import type { MailOutline, OutlinedAttachment } from '../core/mail-content.ts';

/** Of each text; an event holds no more. */
const MAX_TEXT_BYTES = 256 * 1024;
/** Where mail clients put texts: fetched unasked, which spares a round trip where the guess is right. */
const LIKELY_PARTS = ['1', '1.1', '1.2'];
/** Little beside the mail, which is going to be copied whole. */
const LIKELY_BYTES = 64 * 1024;
/** A round trip each: larger ones would be held in memory while they arrive. */
const PIECE_BYTES = 1024 * 1024;
/** RFC 3464, RFC 6533, RFC 6522 section 4, RFC 5546. */
const DETAILS = ['message/delivery-status', 'message/global-delivery-status', 'text/rfc822-headers', 'text/calendar'];
const MAX_DETAILS = 5;
const RETURNED = ['message/rfc822', 'message/global'];
const RETURNED_HEADER = Buffer.from('Content-Type: text/rfc822-headers\r\n\r\n');
const BOUNDARY = 'mailroom-outline';
const BY_UID = { uid: true };

export async function readOutline(client: ImapFlow, uid: number): Promise<MailOutline | undefined> {
  const bodyParts = withHeaders(LIKELY_PARTS, LIKELY_BYTES);
  const mail = await client.fetchOne(String(uid), { uid: true, bodyStructure: true, headers: true, bodyParts }, BY_UID);
  if (!mail || mail.bodyStructure === undefined || mail.headers === undefined) return undefined;
  const leaves = leavesOf(mail.bodyStructure);
  const texts = ['text/plain', 'text/html'].flatMap((type) => leaves.find((leaf) => isText(leaf, type)) ?? []);
  const attachments = leaves.filter((leaf) => !texts.includes(leaf)).map(describe);
  const isCut = texts.some(({ size = 0 }) => size > MAX_TEXT_BYTES);
  const isSingle = mail.bodyStructure.childNodes === undefined;
  const pieces = isSingle
    ? [mail.headers, ...(await fetchParts(client, uid, texts.length === 0 ? [] : ['text']))]
    : [
        ...headOf(mail.headers, mail.bodyStructure),
        ...(await readTexts(client, mail, texts)).flatMap(delimited),
        ...(await readDetails(client, uid, leaves)).flatMap(delimited),
        closing(),
      ];
  return { mail: Buffer.concat(pieces), attachments, isCut };
}

export async function* streamMail(client: ImapFlow, uid: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; ; start += PIECE_BYTES) {
    const source = { start, maxLength: PIECE_BYTES };
    const mail = await client.fetchOne(String(uid), { uid: true, source }, BY_UID);
    const piece = mail ? mail.source : undefined;
    if (piece === undefined) throw new Error('the mail was expunged while it was read');
    yield piece;
    if (piece.length < PIECE_BYTES) return;
  }
}

export async function* streamPart(client: ImapFlow, uid: number, part: string): AsyncGenerator<Uint8Array> {
  const { content } = await client.download(String(uid), part, { uid: true, chunkSize: PIECE_BYTES });
  if (content === undefined) throw new Error('the mail was expunged while it was read');
  yield* content;
}

/** What is forwarded within a mail counts as an attachment: its texts are not what the sender wrote. */
function leavesOf(node: MessageStructureObject): MessageStructureObject[] {
  const isMultipart = node.type.startsWith('multipart/');
  return isMultipart ? (node.childNodes ?? []).flatMap(leavesOf) : [node];
}

function isText(leaf: MessageStructureObject, type: string): boolean {
  return leaf.type === type && leaf.disposition !== 'attachment';
}

function describe({ part, type, ...leaf }: MessageStructureObject): OutlinedAttachment {
  const { parameters, dispositionParameters, encoding, size = 0 } = leaf;
  // Base64 in lines of 76 characters and CRLF: 57 bytes in 78 (RFC 2045 section 6.8).
  const bytes = encoding === 'base64' ? Math.round((size * 57) / 78) : size;
  // A mail that is one part has no number of its own.
  return {
    filename: dispositionParameters?.filename ?? parameters?.name ?? null,
    contentType: type,
    bytes,
    part: part ?? '1',
  };
}

/** Each with its MIME header; those that were not guessed, or not to their end, are fetched. */
async function readTexts(
  client: ImapFlow,
  mail: FetchMessageObject,
  texts: readonly MessageStructureObject[],
): Promise<Buffer[]> {
  const isGuessed = ({ part = '', size = 0 }: MessageStructureObject): boolean =>
    LIKELY_PARTS.includes(part) && size <= LIKELY_BYTES;
  const names = (leaves: readonly MessageStructureObject[]): string[] => leaves.flatMap(({ part }) => part ?? []);
  const [guessed, others] = [texts.filter(isGuessed), texts.filter((text) => !isGuessed(text))];
  return [...partsOf(mail, names(guessed)), ...(await fetchParts(client, mail.uid, names(others)))];
}

/** Small parts that say what became of a mail or an invitation, and of a mail that is given back its header. */
async function readDetails(
  client: ImapFlow,
  uid: number,
  leaves: readonly MessageStructureObject[],
): Promise<Buffer[]> {
  const isDetail = ({ type, size = 0 }: MessageStructureObject): boolean =>
    DETAILS.includes(type) && size <= LIKELY_BYTES;
  const names = leaves.filter(isDetail).flatMap(({ part }) => part ?? []);
  const returned = leaves.find(({ type }) => RETURNED.includes(type))?.part;
  const details = await fetchParts(client, uid, names.slice(0, MAX_DETAILS));
  if (returned === undefined) return details;
  const bodyParts = [{ key: `${returned}.header`, start: 0, maxLength: LIKELY_BYTES }];
  const mail = await client.fetchOne(String(uid), { uid: true, bodyParts }, BY_UID);
  const header = mail ? mail.bodyParts?.get(`${returned}.header`) : undefined;
  return [...details, Buffer.concat([RETURNED_HEADER, header ?? EMPTY])];
}

async function fetchParts(client: ImapFlow, uid: number, names: readonly string[]): Promise<Buffer[]> {
  if (names.length === 0) return [];
  const bodyParts = withHeaders(names, MAX_TEXT_BYTES);
  const mail = await client.fetchOne(String(uid), { uid: true, bodyParts }, BY_UID);
  return mail ? partsOf(mail, names) : [];
}

/** What to FETCH for parts with their MIME headers. The text of a mail that is one has the mail's own. */
function withHeaders(names: readonly string[], maxLength: number) {
  return names.flatMap((key) => {
    const body = { key, start: 0, maxLength };
    return key === 'text' ? [body] : [`${key}.mime`, body];
  });
}

function partsOf({ bodyParts }: FetchMessageObject, names: readonly string[]): Buffer[] {
  return names.map((name) => Buffer.concat([bodyParts?.get(`${name}.mime`) ?? EMPTY, bodyParts?.get(name) ?? EMPTY]));
}

const EMPTY = Buffer.alloc(0);

/** The mail's own header, but for how its body is made: that of the outline is another. */
function headOf(header: Buffer, { type, parameters }: MessageStructureObject): Buffer[] {
  const fields = header.toString('latin1').split(/\r?\n(?![ \t])/);
  const kept = fields.filter((field) => field !== '' && !/^(?:content-[\w-]+|mime-version)[ \t]*:/i.test(field));
  const isReport = type === 'multipart/report' && /^[\w-]+$/.test(parameters?.['report-type'] ?? '');
  const kind = isReport ? `multipart/report; report-type=${parameters?.['report-type']}` : 'multipart/alternative';
  const own = ['MIME-Version: 1.0', `Content-Type: ${kind}; boundary="${BOUNDARY}"`, '', ''];
  return [Buffer.from([...kept, ...own].join('\r\n'), 'latin1')];
}

function delimited(part: Buffer): Buffer[] {
  return [Buffer.from(`\r\n--${BOUNDARY}\r\n`), part];
}

function closing(): Buffer {
  return Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}
