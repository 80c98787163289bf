// The header of a mail as it lies in its bytes: where each field starts and ends, and what it says. Editing cuts and
// pastes bytes, so that everything that is not edited stays byte for byte (signatures, odd folding, raw UTF-8).

export interface HeaderField {
  /** Lower case; empty for a line that is no field. */
  name: string;
  /** Unfolded, without the name. */
  value: string;
  start: number;
  /** Behind its last line end. */
  end: number;
}

/** Offset of the first byte behind the blank line; the end when there is none. */
export function bodyOffset(raw: Buffer, from = 0, to = raw.length): number {
  for (let at = from; at < to; ) {
    if (raw[at] === 0x0a) return at + 1;
    if (raw[at] === 0x0d && raw[at + 1] === 0x0a) return Math.min(at + 2, to);
    const newline = raw.indexOf(0x0a, at);
    if (newline < 0 || newline >= to) return to;
    at = newline + 1;
  }
  return to;
}

export function headerFields(raw: Buffer, from = 0, to = bodyOffset(raw, from)): HeaderField[] {
  const fields: HeaderField[] = [];
  for (let start = from; start < to; ) {
    const end = fieldEnd(raw, start, to);
    const field = readField(raw, start, end);
    if (field) fields.push(field);
    start = end;
  }
  return fields;
}

export function fieldValue(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value;
}

/** The same bytes without some fields, or with others in their place, and with a text above them all. */
export function editHeader(
  raw: Buffer,
  edits: readonly { field: HeaderField; replacement: string }[],
  above = '',
): Buffer {
  const parts: Buffer[] = [Buffer.from(above, 'utf8')];
  let from = 0;
  for (const { field, replacement } of [...edits].sort((a, b) => a.field.start - b.field.start)) {
    parts.push(raw.subarray(from, field.start), Buffer.from(replacement, 'utf8'));
    from = field.end;
  }
  parts.push(raw.subarray(from));
  return Buffer.concat(parts);
}

function fieldEnd(raw: Buffer, start: number, to: number): number {
  for (let at = start; ; ) {
    const newline = raw.indexOf(0x0a, at);
    if (newline < 0 || newline >= to) return to;
    const next = raw[newline + 1];
    if (newline + 1 >= to || (next !== 0x20 && next !== 0x09)) return newline + 1;
    at = newline + 1;
  }
}

function readField(raw: Buffer, start: number, end: number): HeaderField | undefined {
  const text = raw.toString('utf8', start, end);
  if (text.trim() === '') return undefined;
  const colon = text.indexOf(':');
  const name = colon > 0 ? text.slice(0, colon).trimEnd().toLowerCase() : '';
  const value = text.slice(name ? colon + 1 : 0).replace(/\r?\n(?=[ \t])/g, '');
  return { name, value: value.trim(), start, end };
}
