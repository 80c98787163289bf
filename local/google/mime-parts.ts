// Where the parts of a mail lie in its bytes (RFC 2045, 2046): offsets only, nothing decoded or copied. Made when a
// client first asks for a structure or a part, and bounded in depth and number: hostile nesting ends as one leaf.
import { bodyOffset, fieldValue, type HeaderField, headerFields } from './header-fields.ts';

export interface MimePart {
  fields: HeaderField[];
  headerStart: number;
  bodyStart: number;
  end: number;
  type: string;
  subtype: string;
  parameters: ReadonlyMap<string, string>;
  /** Of a multipart its parts; of a message/rfc822 the one message in it. */
  children: MimePart[];
}

const maxDepth = 60;
const maxParts = 2000;

export function mimeParts(raw: Buffer): MimePart {
  return readPart(raw, 0, raw.length, { depth: 0, left: { parts: maxParts }, inDigest: false });
}

interface Bounds {
  depth: number;
  left: { parts: number };
  inDigest: boolean;
}

function readPart(raw: Buffer, start: number, end: number, bounds: Bounds): MimePart {
  const bodyStart = bodyOffset(raw, start, end);
  const fields = headerFields(raw, start, bodyStart);
  const fallback = bounds.inDigest ? 'message/rfc822' : 'text/plain; charset=us-ascii';
  const { value, parameters } = parseParameterised(fieldValue(fields, 'content-type') ?? fallback);
  const [type = 'text', subtype = 'plain'] = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(value)
    ? value.toLowerCase().split('/')
    : [];
  const part: MimePart = { fields, headerStart: start, bodyStart, end, type, subtype, parameters, children: [] };
  bounds.left.parts -= 1;
  if (bounds.depth >= maxDepth || bounds.left.parts <= 0) return part;
  const inner = { depth: bounds.depth + 1, left: bounds.left, inDigest: subtype === 'digest' };
  if (type === 'multipart') {
    part.children = splitMultipart(raw, part, bounds.left.parts).map(([from, to]) => readPart(raw, from, to, inner));
  } else if (type === 'message' && subtype === 'rfc822' && isIdentity(fields)) {
    part.children = [readPart(raw, bodyStart, end, { ...inner, inDigest: false })];
  }
  return part;
}

function isIdentity(fields: HeaderField[]): boolean {
  return !/base64|quoted-printable/i.test(fieldValue(fields, 'content-transfer-encoding') ?? '');
}

/** Byte ranges between the boundary lines; the line end before a boundary belongs to the boundary (RFC 2046 5.1.1). */
function splitMultipart(raw: Buffer, part: MimePart, limit: number): [number, number][] {
  const boundary = part.parameters.get('boundary');
  if (!boundary) return [];
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const ranges: [number, number][] = [];
  let from = -1;
  for (let at = part.bodyStart; ranges.length < limit; ) {
    const found = raw.indexOf(delimiter, at);
    if (found < 0 || found >= part.end) break;
    at = found + delimiter.length;
    const lineEnd = boundaryLineEnd(raw, found, at, part);
    if (lineEnd === undefined) continue;
    if (from >= 0) ranges.push([from, Math.max(from, beforeLineEnd(raw, found))]);
    from = Math.min(lineEnd, part.end);
    if (raw[at] === 0x2d && raw[at + 1] === 0x2d) return ranges;
    at = lineEnd;
  }
  // A multipart cut off: what is there counts.
  if (from >= 0 && from < part.end) ranges.push([from, part.end]);
  return ranges;
}

function boundaryLineEnd(raw: Buffer, found: number, after: number, part: MimePart): number | undefined {
  if (found > part.bodyStart && raw[found - 1] !== 0x0a) return undefined;
  const newline = raw.indexOf(0x0a, after);
  const end = newline < 0 || newline >= part.end ? part.end : newline + 1;
  return /^(?:--)?[ \t]*\r?\n?$/.test(raw.toString('latin1', after, Math.min(end, after + 200))) ? end : undefined;
}

function beforeLineEnd(raw: Buffer, at: number): number {
  if (raw[at - 1] !== 0x0a) return at;
  return raw[at - 2] === 0x0d ? at - 2 : at - 1;
}

/** `type/subtype; name=value; name="va lue"`, comments dropped. */
export function parseParameterised(text: string): { value: string; parameters: Map<string, string> } {
  const parameters = new Map<string, string>();
  const value =
    /^[^;]*/
      .exec(text)?.[0]
      ?.replace(/\([^()]*\)/g, '')
      .trim() ?? '';
  const pattern = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g;
  for (const [, name = '', quoted, plain = ''] of text.matchAll(pattern)) {
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? plain);
  }
  return { value, parameters };
}
