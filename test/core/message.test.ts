// A request is refused before anything is connected, by the name of its field and never with its value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailError } from '../../lib/core/errors.ts';
import { parseSendEvent, parseSendRequest, recipientsOf } from '../../lib/core/message.ts';
import { keyOf, requestHash } from '../../lib/core/message-key.ts';

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
    ['subject', { subject: 'secret value\r\nBcc: eve@example.org' }],
    ['subject', { subject: '\ud800 secret value' }],
    ['text', { text: undefined }],
    ['text', { text: 'secret value \u0000' }],
    ['html', { html: 7 }],
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
    ['version', { version: 2 }],
  ])('names %s', (field, change) => {
    const error = refusal(change);
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field } });
    expect(error.message).toContain(`${field}: `);
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('secret');
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

describe('the identity of a request', () => {
  it('does not depend on the order of its fields, and changes with any of its content', () => {
    const hash = requestHash(parseSendRequest(VALID));
    expect(requestHash(parseSendRequest(Object.fromEntries(Object.entries(VALID).reverse())))).toBe(hash);
    expect(requestHash(parseSendRequest({ ...VALID, idempotencyKey: 'other' }))).toBe(hash);
    for (const change of [
      { text: 'Hello!' },
      { to: 'b@example.org' },
      { context: 1 },
      { headers: { 'X-A': '1' } },
      { inReplyTo: '<a@b.example>' },
    ]) {
      expect(requestHash(parseSendRequest({ ...VALID, ...change }))).not.toBe(hash);
    }
  });

  it('keeps keys of different mailboxes apart', () => {
    const { mailbox } = parseSendRequest(VALID);
    const other = parseSendRequest({ ...VALID, mailbox: 'sales' }).mailbox;
    expect(keyOf(mailbox, 'a')).not.toBe(keyOf(other, 'a'));
  });
});
