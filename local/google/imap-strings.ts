// How values are written on an IMAP wire: quoted or literal strings, NIL, dates, and mailbox names in modified UTF-7
// (RFC 3501 5.1.3), which is what a client that has not enabled UTF8=ACCEPT sees.

export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A header's value as nstring: quoted where it may be, a literal where it has other bytes (RFC 9051 4.3). */
export function nstring(text: string | undefined): string {
  if (text === undefined) return 'NIL';
  const bytes = Buffer.from(text, 'utf8');
  if (/^[\x20-\x7e]*$/.test(text) && bytes.length < 900) return quoted(text);
  return `{${bytes.length}}\r\n${text}`;
}

export function mailboxName(name: string, utf8: boolean): string {
  return quoted(utf8 ? name : encodeUtf7(name));
}

export function encodeUtf7(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (part) => {
    if (part === '&') return '&-';
    const bytes = Buffer.from(part, 'utf16le').swap16();
    return `&${bytes.toString('base64').replaceAll('/', ',').replace(/=+$/, '')}-`;
  });
}

/** Lenient: what is no UTF-7 stands for itself. */
export function decodeUtf7(name: string): string {
  return name.replace(/&([A-Za-z0-9+,]*)-/g, (_, encoded: string) => {
    if (encoded === '') return '&';
    const bytes = Buffer.from(encoded.replaceAll(',', '/'), 'base64');
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le');
  });
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function internalDate(at: number): string {
  const date = new Date(at);
  const pad = (value: number) => String(value).padStart(2, '0');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(pad).join(':');
  return `"${pad(date.getUTCDate())}-${months[date.getUTCMonth()]}-${date.getUTCFullYear()} ${time} +0000"`;
}

/** `1-Feb-2026` or `" 1-Feb-2026 10:00:00 +0100"` → epoch milliseconds. */
export function parseDate(text: string): number | undefined {
  const found =
    /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4})(?: (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2}))?$/.exec(text) ?? undefined;
  const month = months.findIndex((name) => name.toLowerCase() === found?.[2]?.toLowerCase());
  if (!found || month < 0) return undefined;
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((group) => Number(found[group] ?? 0));
  const offset = (Number(found[8] ?? 0) * 60 + Number(found[9] ?? 0)) * (found[7] === '-' ? -1 : 1);
  return Date.UTC(year ?? 0, month, day, hour, minute, second) - offset * 60_000;
}
