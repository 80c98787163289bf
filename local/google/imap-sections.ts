// The bytes of a BODY[section]<partial> (RFC 9051 6.4.5): whole, header, chosen fields, text, or a numbered part.
import { bodyOffset, headerFields } from './header-fields.ts';
import { ImapSyntaxError } from './imap-parser.ts';
import type { MimePart } from './mime-parts.ts';

export interface Section {
  /** As it is answered: `BODY[1.MIME]<0>`. */
  label: string;
  peek: boolean;
  path: number[];
  what: '' | 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME';
  fields: string[];
  partial: { offset: number; count: number } | undefined;
}

const kinds = ['HEADER', 'HEADER.FIELDS', 'HEADER.FIELDS.NOT', 'TEXT', 'MIME'] as const;

/** `BODY.PEEK[1.HEADER.FIELDS (From To)]<0.100>` */
export function parseSection(text: string): Section {
  const found = /^BODY(\.PEEK)?\[([^\]]*)\](?:<(\d{1,10})\.(\d{1,10})>)?$/i.exec(text);
  if (!found || /[\x00-\x1f]/.test(text)) throw new ImapSyntaxError('bad section');
  const [, peek, inner = '', offset, count] = found;
  const spec = /^((?:\d{1,5}\.)*\d{1,5})?\.?(?:([A-Z.]+)(?:\s*\(([^()]*)\))?)?$/i.exec(inner.trim());
  const what = spec?.[2]?.toUpperCase() ?? '';
  const kind = kinds.find((each) => each === what);
  if (!spec || (what !== '' && !kind) || (inner.endsWith('.') && inner !== ''))
    throw new ImapSyntaxError('bad section');
  const fields = (spec[3] ?? '').split(/\s+/).map((name) => name.replace(/^"|"$/g, ''));
  const named = fields.filter((name) => name !== '');
  if (kind?.startsWith('HEADER.') && named.length === 0) throw new ImapSyntaxError('no header fields named');
  return {
    label: `BODY[${inner.toUpperCase()}]${offset === undefined ? '' : `<${Number(offset)}>`}`,
    peek: peek !== undefined,
    path: (spec[1] ?? '')
      .split('.')
      .filter((number) => number !== '')
      .map(Number),
    what: kind ?? '',
    fields: named.map((name) => name.toLowerCase()),
    partial: offset === undefined ? undefined : { offset: Number(offset), count: Number(count) },
  };
}

/** Undefined where there is no such part: the answer is NIL. `structure` is only called for numbered parts. */
export function sectionBytes(raw: Buffer, section: Section, structure: () => MimePart): Buffer | undefined {
  const whole = section.path.length === 0 ? wholeBytes(raw, section) : partBytes(raw, section, structure());
  if (!whole || !section.partial) return whole;
  return whole.subarray(section.partial.offset, section.partial.offset + section.partial.count);
}

function wholeBytes(raw: Buffer, section: Section): Buffer | undefined {
  if (section.what === '') return raw;
  if (section.what === 'MIME') return undefined;
  const body = bodyOffset(raw);
  return section.what === 'TEXT' ? raw.subarray(body) : header(raw, 0, body, section);
}

function partBytes(raw: Buffer, section: Section, root: MimePart): Buffer | undefined {
  const part = findPart(root, section.path);
  if (!part) return undefined;
  if (section.what === '') return raw.subarray(part.bodyStart, part.end);
  if (section.what === 'MIME') return raw.subarray(part.headerStart, part.bodyStart);
  // HEADER and TEXT of a part are those of the message in it (RFC 9051 6.4.5.1).
  const [inner] = part.type === 'message' ? part.children : [];
  if (!inner) return undefined;
  if (section.what === 'TEXT') return raw.subarray(inner.bodyStart, inner.end);
  return header(raw, inner.headerStart, inner.bodyStart, section);
}

function findPart(root: MimePart, path: readonly number[]): MimePart | undefined {
  let part: MimePart | undefined = root;
  for (const [depth, number] of path.entries()) {
    // A numbered part inside a message/rfc822 counts in the message's body.
    if (depth > 0 && part?.type === 'message') part = part.children[0];
    if (part?.type === 'multipart') part = part.children[number - 1];
    else if (number !== 1) return undefined;
  }
  return part;
}

function header(raw: Buffer, from: number, to: number, section: Section): Buffer {
  if (section.what === 'HEADER') return raw.subarray(from, to);
  const wanted = section.what === 'HEADER.FIELDS';
  const kept = headerFields(raw, from, to).filter((field) => section.fields.includes(field.name) === wanted);
  return Buffer.concat([...kept.map((field) => raw.subarray(field.start, field.end)), Buffer.from('\r\n')]);
}
