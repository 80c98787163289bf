// The few header values that delivery and threading go by: addresses and message ids. Lenient by intent: mail in the
// wild is broken, and a server takes it all the same.

export interface ParsedAddress {
  name: string;
  address: string;
}

/** RFC 5322 3.4, without its obsolete corners: names quoted or not, comments dropped, groups flattened. */
export function parseAddresses(value: string): ParsedAddress[] {
  return splitOutsideQuotes(value)
    .map(parseAddress)
    .filter((parsed) => parsed.address.includes('@'));
}

export function addressesIn(value: string): string[] {
  return parseAddresses(value).map((parsed) => parsed.address.toLowerCase());
}

export function messageIdsIn(value: string): string[] {
  return value.match(/<[^<>\s]+>/g) ?? [];
}

/** What Gmail keeps: an id in angle brackets with one @ and no blanks. Anything else it replaces. */
export function isValidMessageId(value: string): boolean {
  return /^<[^\s<>@]+@[^\s<>@]+>$/.test(value);
}

function parseAddress(text: string): ParsedAddress {
  const withoutGroup = text.replace(/^[^"<@]*:\s*/, '');
  const angled = /^(.*)<([^<>]*)>[^<>]*$/s.exec(withoutGroup);
  if (!angled) return { name: '', address: dropComments(withoutGroup).trim() };
  const [, name = '', address = ''] = angled;
  return { name: unquote(name.trim()), address: address.replace(/^@[^:]*:/, '').trim() };
}

function unquote(name: string): string {
  return name.startsWith('"') && name.endsWith('"') && name.length > 1
    ? name.slice(1, -1).replace(/\\(.)/g, '$1')
    : name;
}

function dropComments(text: string): string {
  return text.replace(/\([^()]*\)/g, '');
}

function splitOutsideQuotes(value: string): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  let angled = false;
  for (let at = 0; at < value.length; at += 1) {
    const char = value.charAt(at);
    if (char === '\\' && quoted) {
      part += char + value.charAt(at + 1);
      at += 1;
      continue;
    }
    if (char === '"') quoted = !quoted;
    if (!quoted && char === '<') angled = true;
    if (!quoted && char === '>') angled = false;
    if (!quoted && !angled && (char === ',' || char === ';')) {
      parts.push(part);
      part = '';
    } else part += char;
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '');
}
