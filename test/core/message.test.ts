// A request is refused before anything is connected, by the name of its field and never with its value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailError } from '../../lib/core/errors.ts';
import { parseSendRequest, recipientsOf } from '../../lib/core/message.ts';
import { parseSendEvent } from '../../lib/core/send-event.ts';

const VALID = {
  version: 1,
  mailbox: 'support',
  idempotencyKey: 'k',
  to: 'ada@example.org',
  subject: 'Hi',
  text: 'Hello',
};
const refusal = (change: object): MailError => {
  try {
    parseSendRequest({ ...VALID, ...change });
  } catch (error) {
    if (error instanceof MailError) return error;
    throw error;
  }
  throw new Error('the request was not refused');
};

describe('parseSendRequest', () => {
  it('takes addresses alone, in lists and with names', () => {
    const message = parseSendRequest({
      ...VALID,
      to: [{ name: 'Ada', address: 'ada@example.org' }, 'b@example.org'],
      bcc: 'c@example.org',
    });
    expect(recipientsOf(message).map(({ address }) => address)).toEqual([
      'ada@example.org',
      'b@example.org',
      'c@example.org',
    ]);
  });

  it.each([
    ['to', { to: 'secret value' }],
    ['to.1', { to: ['a@example.org', 'secret value'] }],
    ['to', { to: undefined }],
    [
      'to',
      {
        to: Array.from({ length: 60 }, (_, i) => `a${i}@example.org`),
        cc: Array.from({ length: 60 }, (_, i) => `b${i}@example.org`),
      },
    ],
    ['cc.0', { cc: ['a@example.org\r\nRCPT TO:<eve@example.org>'] }],
    ['bcc', { bcc: 'a@example.org\u0000' }],
    ['replyTo.name', { replyTo: { name: 'two\nlines', address: 'a@example.org' } }],
    ['from.address', { from: { address: 'secret value' } }],
    ['from', { from: ['secret value'] }],
    ['from', { from: [] }],
    ['subject', { subject: 'secret value\r\nBcc: eve@example.org' }],
    ['subject', { subject: '\ud800 secret value' }],
    ['text', { text: undefined }],
    ['text', { text: 'secret value \u0000' }],
    ['html', { html: 7 }],
    ['headers', { headers: ['secret value'] }],
    ['headers', { headers: [] }],
    ['headers.Subject', { headers: { Subject: 'secret value' } }],
    ['headers.X Y', { headers: { 'X Y': 'secret value' } }],
    ['headers.X-A', { headers: { 'X-A': 'secret value\nX-B: 1' } }],
    ['attachments.0.filename', { attachments: [{ filename: 'a\r\nb', content: '' }] }],
    ['attachments.0.content', { attachments: [{ filename: 'a', content: 'secret value' }] }],
    ['attachments.0.path', { attachments: [{ filename: 'a', content: '', path: '/etc/passwd' }] }],
    ['context', { context: { big: 'secret value'.repeat(2_000) } }],
    ['context', { context: Number.NaN }],
    ['idempotencyKey', { idempotencyKey: 'secret\nvalue' }],
    ['mailbox', { mailbox: 'secret value' }],
    ['inReplyTo', { inReplyTo: 'secret value' }],
    ['notAfter', { notAfter: 'secret value' }],
    ['automatic', { automatic: 'secret value' }],
    ['headers', { automatic: true, headers: { 'auto-SUBMITTED': 'secret value' } }],
    ['version', { version: 2 }],
  ])('names %s', (field, change) => {
    const error = refusal(change);
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field } });
    expect(error.message).toContain(`${field}: `);
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('secret');
  });

  it.each([
    ['(whole)', null],
    ['(whole)', 'secret value'],
    ['version', []],
    ['version', { secret: 'secret value' }],
  ])('names %s when it is given no request at all', (field, input) => {
    expect(() => parseSendRequest(input)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', details: { field } }),
    );
    expect(() => parseSendRequest(input)).not.toThrow(/secret/);
  });

  it.each(['idempotencykey', 'reply_to', 'date', 'messageId', 'raw', 'envelope', 'requestObject'])(
    'names the field %s, which it does not know',
    (field) => {
      const error = refusal({ [field]: 'secret value' });
      expect(error).toMatchObject({ details: { field } });
      expect(error.message).toContain('is not a field that this version knows');
      expect(error.message).not.toContain('secret');
    },
  );

  it('takes 100 recipients in all, and not one more', () => {
    const some = (count: number, at: string) => Array.from({ length: count }, (_, i) => `${at}${i}@example.org`);
    const lists = { to: some(40, 'a'), cc: some(30, 'b'), bcc: some(30, 'c') };
    expect(recipientsOf(parseSendRequest({ ...VALID, ...lists }))).toHaveLength(100);
    expect(refusal({ ...lists, bcc: some(31, 'c') })).toMatchObject({ details: { field: 'to' } });
    expect(refusal({ to: some(101, 'a') })).toMatchObject({ details: { field: 'to' } });
    expect(refusal({ to: [] })).toMatchObject({ details: { field: 'to' } });
    const { to: _to, ...withoutTo } = VALID;
    expect(recipientsOf(parseSendRequest({ ...withoutTo, bcc: 'c@example.org' }))).toHaveLength(1);
  });

  it('keeps any JSON of up to 16 KiB as context, and refuses what is none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (context) => {
        expect(parseSendRequest({ ...VALID, context }).context).toEqual(context);
      }),
    );
    expect(parseSendRequest({ ...VALID, context: 'x'.repeat(16_382) }).context).toHaveLength(16_382);
    expect(parseSendRequest(VALID)).not.toHaveProperty('context');
    const deep = JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`);
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const none = [
      'x'.repeat(16_383),
      'ö'.repeat(8_192),
      deep,
      cyclic,
      1n,
      Number.POSITIVE_INFINITY,
      '\ud800',
      { '\ud800': 1 },
    ];
    for (const context of [...none, [undefined], new Date(0), new Map(), () => 1, Symbol('x')]) {
      expect(refusal({ context })).toMatchObject({ code: 'REQUEST_INVALID', details: { field: 'context' } });
    }
  });

  it('leaves Auto-Submitted to the caller of a mail that is not automatic', () => {
    const headers = { 'Auto-Submitted': 'auto-generated' };
    expect(parseSendRequest({ ...VALID, headers })).toMatchObject({ headers, automatic: false });
  });

  it('refuses what Gmail would not take for its size, and reads 20 MB of base64', () => {
    const content = 'QUJD'.repeat(6_000_000);
    expect(parseSendRequest({ ...VALID, attachments: [{ filename: 'a', content }] }).attachments[0]?.content).toBe(
      content,
    );
    const tooLarge = {
      attachments: [
        { filename: 'a', content },
        { filename: 'b', content },
      ],
    };
    expect(refusal(tooLarge)).toMatchObject({ code: 'MESSAGE_TOO_LARGE', details: { field: 'attachments' } });
  });

  it('lets no generated text start another header or another command', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const tried = {
          ...VALID,
          to: { name: text, address: 'a@example.org' },
          subject: text,
          headers: { 'X-Note': text },
        };
        try {
          const message = parseSendRequest(tried);
          for (const written of [message.subject, message.headers['X-Note'], message.to[0]?.name]) {
            expect(written).not.toMatch(/[\r\n\0]/);
            expect(written?.isWellFormed()).toBe(true);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'REQUEST_INVALID' });
        }
      }),
    );
  });

  it('shows no value that it refuses, in whichever field it stands', () => {
    const fields = [
      'to',
      'cc',
      'bcc',
      'replyTo',
      'from',
      'mailbox',
      'version',
      'attachments',
      'headers',
      'inReplyTo',
      'html',
    ];
    const values = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => `secret\0${text}`),
      fc.string().map((text) => [`secret\0${text}`]),
      fc.string().map((text) => ({ address: `secret\0${text}`, name: `secret\0${text}` })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...fields), values, (field, value) => {
        const error = refusal({ [field]: value });
        expect(String(error.details.field).split('.')[0]).toBe(field);
        expect(`${error.message} ${JSON.stringify(error.details)} ${error.cause}`).not.toContain('secret');
      }),
    );
  });

  it('never throws anything but a MailError, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        try {
          parseSendEvent(input);
        } catch (error) {
          expect(error).toBeInstanceOf(MailError);
        }
      }),
    );
  });
});
