// How a secret may stand in bytes that should not hold it: in clear, URL-encoded, or in base64 at any of the three
// alignments that what is before it can give it. Of each only the beginning is looked for: a token that was cut short in a
// log is out all the same.

export interface Secret {
  /** What it is, for who reads that it was found. */
  readonly kind: string;
  readonly value: string;
}

/** One way to write the beginnings of secrets that begin alike. */
export interface Encoding {
  readonly name: 'clear' | 'URL encoding' | 'base64';
  /** Looked for first, quickly; in many bytes most of what is found so is chance. */
  readonly needle: Buffer;
  /** @param text what stands where the needle was found, {@link WINDOW} characters at most */
  find(text: string): Secret | undefined;
}

/** Holds the longest encoding of what is looked at, with line ends in between. */
export const WINDOW = 128;
/** What is shorter is a value that a test made up, and would be found by chance. */
export const SHORTEST = 12;

/** A leak of fewer characters of a secret is not seen. */
const SEEN = 16;
/** Others begin each for themselves. */
const KNOWN_BEGINNINGS: Readonly<Record<string, string>> = {
  'ya29.': 'access token',
  '1//0': 'refresh token',
  '4/0A': 'authorisation code',
  GOCSPX: 'client secret',
};

export function encodingsOf(secrets: readonly Secret[]): readonly Encoding[] {
  const long = secrets.filter(({ value }) => value.length >= SHORTEST);
  return [...Map.groupBy(long, beginningOf)].flatMap(([beginning, alike]) => [
    inClear(beginning, alike),
    ...inUrls(beginning, alike),
    ...[0, 1, 2].flatMap((before) => inBase64(beginning, before, alike)),
  ]);
}

/** By what it begins with. */
export function kindOf(secret: Secret): string {
  return KNOWN_BEGINNINGS[beginningOf(secret)] ?? secret.kind;
}

function beginningOf({ value }: Secret): string {
  return Object.keys(KNOWN_BEGINNINGS).find((known) => value.startsWith(known)) ?? value.slice(0, 6);
}

function inClear(beginning: string, secrets: readonly Secret[]): Encoding {
  return { name: 'clear', needle: Buffer.from(beginning), find: lookUp(secrets, (value) => value) };
}

/** `%2F` and `%2f` are the same; a beginning without a character to encode stands there in clear. */
function inUrls(beginning: string, secrets: readonly Secret[]): Encoding[] {
  const upper = encodeURIComponent(beginning);
  const needles = new Set([upper, upper.replace(/%../g, (code) => code.toLowerCase())]);
  needles.delete(beginning);
  const inClearText = lookUp(secrets, (value) => value);
  const find = (text: string) => inClearText(decodeUrl(text));
  return [...needles].map((needle) => ({ name: 'URL encoding', needle: Buffer.from(needle), find }));
}

/** @param before how many bytes more than a multiple of three stand before the secret */
function inBase64(beginning: string, before: number, secrets: readonly Secret[]): Encoding[] {
  const write = (text: string): string => {
    const bytes = Buffer.from(`${'\0'.repeat(before)}${text}`, 'latin1');
    // The first characters hold bits of what is before, the last one of what is after.
    return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
  };
  const inPlainBase64 = lookUp(secrets, write);
  const find = (text: string) => inPlainBase64(plainBase64(text));
  const needle = write(beginning);
  const needles = new Set([needle, needle.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(needle)]);
  return [...needles].map((written) => ({ name: 'base64', needle: Buffer.from(written), find }));
}

/** @returns finds the secret that a text begins with, or with as much of it as is looked at */
function lookUp(secrets: readonly Secret[], write: (text: string) => string): (text: string) => Secret | undefined {
  const table = new Map(secrets.map((secret) => [write(secret.value.slice(0, SEEN)), secret]));
  const lengths = [...new Set([...table.keys()].map(({ length }) => length))];
  return (text) => {
    const begun = lengths.map((length) => table.get(text.slice(0, length)));
    return begun.find((secret) => secret !== undefined);
  };
}

function decodeUrl(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_code, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/**
 * In one line and one alphabet: MIME breaks lines, JSON escapes the breaks, URLs have letters of their own. A break among
 * the four to eight characters of the needle itself hides that one place.
 */
function plainBase64(text: string): string {
  return text
    .replace(/\\r|\\n|\s/g, '')
    .replace(/%2B|-/gi, '+')
    .replace(/%2F|_/gi, '/');
}
