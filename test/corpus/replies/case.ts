// One mail and the new text in it, and the mail as bytes.

export interface ReplyCase {
  readonly name: string;
  readonly text?: string;
  readonly html?: string;
  /** The whole mail where it is about its bytes, in place of the two above. */
  readonly raw?: Buffer;
  readonly expected: string;
}

/** Name, what the person wrote, and what the client put around it: `|` on a line of its own stands for what they wrote. */
export function textCases(...rows: readonly (readonly [name: string, reply: string, mail: string])[]): ReplyCase[] {
  return rows.map(([name, reply, mail]) => ({ name, text: around(mail, reply), expected: reply }));
}

/** What the person wrote stands in place of `|`, with `<br>` between its lines. */
export function htmlCases(...rows: readonly (readonly [name: string, reply: string, mail: string])[]): ReplyCase[] {
  return rows.map(([name, reply, mail]) => ({
    name,
    html: around(mail, escaped(reply).replaceAll('\n', '<br>')),
    expected: reply,
  }));
}

function around(mail: string, reply: string): string {
  return mail.replace('|', () => reply);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const HEAD = [
  'From: Ada <ada@customer.example>',
  'To: support@shop.example',
  'Subject: Re: Your order',
  'Message-ID: <reply@customer.example>',
  'In-Reply-To: <order@shop.example>',
  'MIME-Version: 1.0',
];

export function mailOf({ raw, text, html }: ReplyCase): Buffer {
  if (raw !== undefined) return raw;
  if (html === undefined) return Buffer.from([...HEAD, ...part('plain', text ?? '')].join('\r\n'));
  if (text === undefined) return Buffer.from([...HEAD, ...part('html', html)].join('\r\n'));
  const parts = ['--b', ...part('plain', text), '--b', ...part('html', html), '--b--', ''];
  return Buffer.from([...HEAD, 'Content-Type: multipart/alternative; boundary=b', '', ...parts].join('\r\n'));
}

function part(type: 'plain' | 'html', body: string): string[] {
  const bytes = Buffer.from(body.replaceAll('\n', '\r\n')).toString('base64');
  const lines = bytes.match(/.{1,76}/gu) ?? [];
  return [`Content-Type: text/${type}; charset=utf-8`, 'Content-Transfer-Encoding: base64', '', ...lines, ''];
}
