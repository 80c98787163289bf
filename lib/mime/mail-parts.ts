// A mail as the readers of its details see it: its header from top to bottom, its own text and what hangs on it.

export interface HeaderField {
  /** The name in lower case. */
  readonly key: string;
  /** Unfolded, otherwise as it came. */
  readonly value: string;
}

export interface MailPart {
  /** In lower case. */
  readonly mimeType: string;
  readonly content: ArrayBuffer | Uint8Array | string;
  /** Of a calendar: the `method` parameter of its Content-Type, in upper case. */
  readonly method?: string | undefined;
}

export interface ParsedMail {
  readonly headers: readonly HeaderField[];
  /** What the sender wrote, as plain text, without the texts of forwarded mails. */
  readonly text: string;
  readonly parts: readonly MailPart[];
}

/** The first field of that name is the one that was added last on the way. */
export function fieldOf({ headers }: Pick<ParsedMail, 'headers'>, name: string): string | undefined {
  return headers.find(({ key }) => key === name)?.value;
}

/** The beginning of a part as text, at most `limit` bytes of it; a wrong byte becomes U+FFFD. */
export function textOfPart({ content }: MailPart, limit: number): string {
  if (typeof content === 'string') return content.slice(0, limit);
  const bytes = content instanceof Uint8Array ? content : new Uint8Array(content);
  return new TextDecoder().decode(bytes.subarray(0, limit));
}

/** A Content-Type without its parameters, in lower case, and its `report-type` (RFC 6522 section 3). */
export function contentTypeOf(value: string | undefined): { type: string; reportType?: string } {
  const [type = '', ...parameters] = (value ?? '').slice(0, 2_000).split(';');
  const reportType = parameters
    .map((parameter) => /^\s*report-type\s*=\s*"?([\w-]+)/i.exec(parameter)?.[1])
    .find((found) => found !== undefined);
  return {
    type: type.trim().toLowerCase(),
    ...(reportType !== undefined && { reportType: reportType.toLowerCase() }),
  };
}
