// `v=DKIM1; k=rsa; p=…`: the tag-lists of DKIM and DMARC records (RFC 6376 section 3.2).

/** By name; undefined where it is none: a part without a name, or a name twice. */
export function parseTagList(text: string): ReadonlyMap<string, string> | undefined {
  const tags = new Map<string, string>();
  const parts = text.split(';').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  for (const part of parts) {
    const found = /^([a-z]\w*)\s*=\s*(.*)$/is.exec(part);
    const [, name = '', value = ''] = found ?? [];
    if (found === null || tags.has(name)) return undefined;
    tags.set(name, value.trim());
  }
  return tags;
}
