// MAIL FROM and RCPT TO arguments (RFC 5321 4.1.2, 6531): the path in angle brackets, then ESMTP parameters.

export interface Path {
  address: string;
  parameters: ReadonlyMap<string, string>;
}

/** Undefined where the syntax is broken; Gmail wants the angle brackets. */
export function readPath(keyword: 'FROM' | 'TO', argument: string): Path | undefined {
  const found = /^(FROM|TO):\s*<([^<>\s]*)>((?:\s+[A-Za-z0-9][A-Za-z0-9-]*(?:=[^\s=\x00-\x1f]+)?)*)\s*$/i.exec(
    argument,
  );
  if (found?.[1]?.toUpperCase() !== keyword) return undefined;
  const parameters = new Map<string, string>();
  for (const parameter of (found[3] ?? '').split(/\s+/).filter((each) => each !== '')) {
    const [name = '', ...value] = parameter.split('=');
    parameters.set(name.toUpperCase(), value.join('='));
  }
  return { address: found[2] ?? '', parameters };
}

export function isAddress(address: string): boolean {
  return address.length <= 320 && /^[^@\s\x00-\x1f\x7f"(),:;<>[\]\\]+@[^@\s\x00-\x1f\x7f"(),:;<>[\]\\]+$/.test(address);
}

export function isAscii(address: string): boolean {
  return /^[\x20-\x7e]*$/.test(address);
}
