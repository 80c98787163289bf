// Generated hostile requests: each is refused by the name of its field before a word is said to the server, or what arrives
// is what was asked for, byte for byte, and nothing has found its way into another header.
import fc from 'fast-check';
import PostalMime, { decodeWords, type Email } from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, GRACE, startTestStack, type TestStack } from './stack.ts';

/** Pieces of which attacks are made. */
const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '\u2028',
  '\u0085',
  '\ud800',
  '\udfff',
  '\r\nBcc: victim@customer.example',
  '\r\n\r\n<script>',
  '\r\n.\r\nMAIL FROM:<victim@customer.example>',
  '=?utf-8?B?DQpCY2M6IHZpY3RpbQ==?=',
  '=?utf-8?Q?=0D=0ABcc:_victim?=',
  '=?iso-2022-jp?B?GyRC?=',
  '"',
  '\\',
  '<',
  '>',
  ',',
  ';',
  ':',
  '@',
  '(comment',
  'ünï',
  '日本語',
  '😀',
  '\t',
  ' ',
  '   ',
  'word',
  'x'.repeat(1_200),
  'é'.repeat(700),
  '%0d%0a',
  '..',
  '.',
  '\u200b',
  '\ufeff',
  '\u202e',
  '--=_',
];

const hostile = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
const HOSTILE_FIELDS = [
  'subject',
  'text',
  'html',
  'name',
  'header',
  'filename',
  'to',
  'replyTo',
  'inReplyTo',
  'contentType',
];

interface Attack {
  readonly field: string;
  readonly value: string;
}

const attack: fc.Arbitrary<Attack> = fc.record({ field: fc.constantFrom(...HOSTILE_FIELDS), value: hostile });

const ATTACHMENT = { filename: 'a.bin', content: Buffer.from('attached \0 \r\n.\r\n bytes').toString('base64') };

function requestOf({ field, value }: Attack, key: string): Record<string, unknown> {
  const request = { idempotencyKey: key, to: ADA, subject: 'subject', text: `text of ${key}` };
  switch (field) {
    case 'name':
      return { ...request, to: { name: value, address: ADA } };
    case 'header':
      return { ...request, headers: { 'X-Own': value } };
    case 'filename':
      return { ...request, attachments: [{ ...ATTACHMENT, filename: value }] };
    case 'contentType':
      return { ...request, attachments: [{ ...ATTACHMENT, contentType: value }] };
    case 'replyTo':
      return { ...request, replyTo: { name: value, address: GRACE } };
    default:
      return { ...request, [field]: value };
  }
}

const FIELD_IN_ERROR: Readonly<Record<string, string>> = {
  name: 'to.name',
  replyTo: 'replyTo.name',
  header: 'headers.X-Own',
  filename: 'attachments.0.filename',
  contentType: 'attachments.0.contentType',
};

/** What a mail of ours may begin with, and what the servers on its way add. */
const ALLOWED = new Set(
  'from to subject message-id date mime-version content-type content-transfer-encoding reply-to in-reply-to references x-own delivered-to received return-path authentication-results arc-seal arc-message-signature arc-authentication-results dkim-signature received-spf x-received x-google-smtp-source'.split(
    ' ',
  ),
);

describe('a hostile request', () => {
  let stack: TestStack;
  let count = 0;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('RefreshTokensFunction', {});
    await stack.send({ idempotencyKey: 'warm' });
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const inbox = (address: string) => stack.google.account(address).messages('INBOX');

  async function isHandled(given: Attack): Promise<void> {
    count += 1;
    const key = `attack ${count}`;
    const before = { commands: stack.google.smtpCommands, mails: inbox(ADA).length, others: inbox(GRACE).length };
    const { outcome, errorType, errorMessage } = await stack.send(requestOf(given, key));
    if (outcome === undefined) {
      expect(errorType).toBe('REQUEST_INVALID');
      expect(errorMessage).toContain(`${FIELD_IN_ERROR[given.field] ?? given.field}: `);
      expect(stack.google.smtpCommands).toBe(before.commands);
      return;
    }
    expect(outcome.kind).toBe('sent');
    expect([inbox(ADA).length, inbox(GRACE).length]).toEqual([before.mails + 1, before.others]);
    await isTrue(given, key, String(outcome.messageId));
  }

  async function isTrue({ field, value }: Attack, key: string, messageId: string): Promise<void> {
    const raw = inbox(ADA).at(-1)?.raw ?? Buffer.alloc(0);
    for (const line of raw.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
    const mail = await PostalMime.parse(raw);
    expect(mail.headers.map((header) => header.key).filter((name) => !ALLOWED.has(name))).toEqual([]);
    expect(mail.messageId).toBe(messageId);
    expect(mail.to?.map(({ address }) => address)).toEqual([ADA]);
    expect(asHeader(mail.subject)).toBe(field === 'subject' ? asHeader(value) : 'subject');
    if (field === 'name') expect(asHeader(mail.to?.[0]?.name)).toBe(asHeader(value));
    if (field === 'replyTo') expect(asHeader(mail.replyTo?.[0]?.name)).toBe(asHeader(value));
    if (field === 'header') expect(ownHeader(mail)).toBe(asHeader(value));
    if (field === 'text') expect(asText(mail.text)).toBe(asText(value));
    else expect(asText(mail.text)).toBe(`text of ${key}`);
    if (field === 'html') expect(asText(mail.html)).toBe(asText(value));
    if (field === 'filename' || field === 'contentType') {
      const [attachment] = mail.attachments;
      expect(Buffer.from(attachment?.content as ArrayBuffer).toString('base64')).toBe(ATTACHMENT.content);
    }
  }

  it.each(HOSTILE_FIELDS)(
    'in %s',
    async (field) => {
      await fc.assert(
        fc.asyncProperty(attack, async (given) => isHandled({ ...given, field })),
        { numRuns: 25 },
      );
    },
    60_000,
  );

  it.each([
    ['to', { to: Array.from({ length: 10_000 }, (_, index) => `a${index}@customer.example`) }],
    ['headers', { headers: Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`X-${index}`, 'x'])) }],
    ['headers', { headers: { 'X-Own': 'x'.repeat(1_000_000) } }],
    ['subject', { subject: 'word '.repeat(200_000) }],
    ['headers', { headers: { Bcc: 'victim@customer.example' } }],
    ['headers', { headers: { 'X-Own: a\r\nBcc': 'victim@customer.example' } }],
    ['attachments.0.contentType', { attachments: [{ ...ATTACHMENT, contentType: 'multipart/mixed' }] }],
    ['attachments.0.contentType', { attachments: [{ ...ATTACHMENT, contentType: 'message/rfc822' }] }],
    ['inReplyTo', { inReplyTo: '<\ud800@customer.example>' }],
    ['\\u65e5\\u672c\\u000d\\u000a', { '日本\r\n': 'a field of a strange name' }],
  ])('with an abuse of %s is refused by name', async (field, change) => {
    const { commands } = { commands: stack.google.smtpCommands };
    const answer = await stack.send({ idempotencyKey: 'abuse', ...change });
    expect(answer).toMatchObject({ errorType: 'REQUEST_INVALID', errorMessage: expect.stringContaining(field) });
    expect(stack.google.smtpCommands).toBe(commands);
  });

  it('whose file is a mail of its own arrives with that file unchanged', async () => {
    const content = Buffer.from('From: x\nSubject: a forwarded mail\n\n.\nbare line feeds\n').toString('base64');
    const attachments = [{ filename: 'forwarded.eml', content }];
    expect((await stack.send({ idempotencyKey: 'eml', attachments })).outcome?.kind).toBe('sent');
    const raw = inbox(ADA).at(-1)?.raw.toString('latin1') ?? '';
    expect(raw).toContain('forwarded.eml');
    expect(raw.replace(/\r\n/g, '')).toContain(content);
  });
});

function ownHeader({ headers }: Email): string {
  return asHeader(decodeWords(headers.find(({ key }) => key === 'x-own')?.value ?? ''));
}

/** White space at the ends of a header's value is not kept by those who read it (RFC 5322 section 2.2.3). */
function asHeader(value = ''): string {
  // The reader takes a byte order mark at the beginning of any encoded word for one.
  return value.replaceAll('\ufeff', '').replace(/^[ \t]+|[ \t]+$/g, '');
}

/** Lines end in CRLF on the wire (RFC 5322 section 2.1), whatever they ended in before. */
function asText(text: string | undefined): string {
  // Those who read it take a byte order mark at its beginning for one, and each of them removes one.
  return (text ?? '')
    .replace(/\r\n|\r|\n/g, '\n')
    .replace(/\n+$/, '')
    .replace(/^\ufeff+/, '');
}
