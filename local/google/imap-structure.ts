// ENVELOPE and BODYSTRUCTURE (RFC 9051 7.5.2), written from where the parts lie; text is counted, never decoded.
import { fieldValue, type HeaderField } from './header-fields.ts';
import { parseAddresses } from './header-values.ts';
import { nstring, quoted } from './imap-strings.ts';
import { type MimePart, parseParameterised } from './mime-parts.ts';

export function envelope(fields: readonly HeaderField[]): string {
  const value = (name: string) => fieldValue(fields, name);
  const from = addressList(value('from'));
  return `(${[
    nstring(value('date')),
    nstring(value('subject')),
    from,
    // RFC 9051: an absent Sender or Reply-To is From's.
    value('sender') ? addressList(value('sender')) : from,
    value('reply-to') ? addressList(value('reply-to')) : from,
    addressList(value('to')),
    addressList(value('cc')),
    addressList(value('bcc')),
    nstring(value('in-reply-to')),
    nstring(value('message-id')),
  ].join(' ')})`;
}

function addressList(value: string | undefined): string {
  const addresses = parseAddresses(value ?? '').map(({ name, address }) => {
    const at = address.lastIndexOf('@');
    return `(${nstring(name || undefined)} NIL ${nstring(address.slice(0, at))} ${nstring(address.slice(at + 1))})`;
  });
  return addresses.length === 0 ? 'NIL' : `(${addresses.join('')})`;
}

export function bodyStructure(raw: Buffer, part: MimePart, extended: boolean): string {
  if (part.type === 'multipart' && part.children.length > 0) return multipart(raw, part, extended);
  const value = (name: string) => fieldValue(part.fields, name);
  const items = [
    quoted(part.type.toUpperCase()),
    quoted(part.subtype.toUpperCase()),
    parameterList(part.parameters),
    nstring(value('content-id')),
    nstring(value('content-description')),
    quoted((value('content-transfer-encoding') ?? '7BIT').replace(/[^\x21-\x7e]/g, '').toUpperCase()),
    String(part.end - part.bodyStart),
  ];
  const [inner] = part.children;
  if (inner) items.push(envelope(inner.fields), bodyStructure(raw, inner, extended));
  if (inner || part.type === 'text') items.push(String(countLines(raw, part.bodyStart, part.end)));
  if (extended) items.push(nstring(value('content-md5')), ...extension(part));
  return `(${items.join(' ')})`;
}

function multipart(raw: Buffer, part: MimePart, extended: boolean): string {
  const children = part.children.map((child) => bodyStructure(raw, child, extended)).join('');
  const items = [quoted(part.subtype.toUpperCase())];
  if (extended) items.push(parameterList(part.parameters), ...extension(part));
  return `(${children} ${items.join(' ')})`;
}

/** Disposition, language, location. */
function extension(part: MimePart): string[] {
  const disposition = fieldValue(part.fields, 'content-disposition');
  const language = fieldValue(part.fields, 'content-language');
  const location = fieldValue(part.fields, 'content-location');
  return [disposition ? dispositionOf(disposition) : 'NIL', nstring(language), nstring(location)];
}

function dispositionOf(text: string): string {
  const { value, parameters } = parseParameterised(text);
  return `(${nstring(value.toUpperCase())} ${parameterList(parameters)})`;
}

function parameterList(parameters: ReadonlyMap<string, string>): string {
  if (parameters.size === 0) return 'NIL';
  const pairs = [...parameters].map(([name, value]) => `${nstring(name.toUpperCase())} ${nstring(value)}`);
  return `(${pairs.join(' ')})`;
}

function countLines(raw: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = raw.indexOf(0x0a, from); at >= 0 && at < to; at = raw.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}
