// Handles and Message-IDs: what is formatted is read back, for the right mailbox only, and hostile text is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailError } from '../../lib/core/errors.ts';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import { formatHandle, isMessageId, parseAnswerTo } from '../../lib/core/thread.ts';

const support = parse(MailboxIdSchema, 'support', 'EVENT_INVALID', 'test');
const sales = parse(MailboxIdSchema, 'sales', 'EVENT_INVALID', 'test');
const ids = fc.stringMatching(/^<[a-z0-9.]{1,20}@[a-z]{1,10}\.example>$/);
const handleOf = (content: unknown) => `h1.${Buffer.from(JSON.stringify(content)).toString('base64url')}`;
const FIELD = expect.objectContaining({ code: 'REQUEST_INVALID', details: { field: 'inReplyTo' } });

describe('a handle', () => {
  it('gives back the mail and its ancestors, then the mail itself', () => {
    fc.assert(
      fc.property(fc.uniqueArray(ids, { minLength: 1, maxLength: 20 }), ([messageId = '', ...references]) => {
        expect(parseAnswerTo(formatHandle(support, { thread: 't', messageId, references }), support)).toEqual({
          messageId,
          references: [...references, messageId],
          thread: 't',
        });
      }),
    );
  });

  it('keeps the first and the newest of a long thread', () => {
    fc.assert(
      fc.property(fc.uniqueArray(ids, { minLength: 21, maxLength: 200 }), ([messageId = '', ...references]) => {
        const answer = parseAnswerTo(formatHandle(support, { thread: 't', messageId, references }), support);
        expect(answer.references).toEqual([references[0], ...references.slice(-18), messageId]);
      }),
    );
  });

  it('is bound in length for any thread of common Message-IDs', () => {
    const reference = `<${'a'.repeat(150)}@mail.example>`;
    const handle = formatHandle(support, {
      thread: 't',
      messageId: reference,
      references: Array(10_000).fill(reference),
    });
    expect(handle.length).toBeLessThan(8_000);
    expect(parseAnswerTo(handle, support).messageId).toBe(reference);
  });

  it('is read back however long its Message-IDs are: what is left out is from the middle of the thread', () => {
    const long = fc
      .tuple(fc.constantFrom('a', 'ö', '漢', '"', '\\', '😀'), fc.integer({ min: 1, max: 500 }), fc.nat(9_999))
      .map(([unit, length, number]) => `<${unit.repeat(length).slice(0, length).toWellFormed()}${number}@b>`)
      .filter(isMessageId);
    fc.assert(
      fc.property(fc.uniqueArray(long, { minLength: 1, maxLength: 40 }), ([messageId = '', ...references]) => {
        const handle = formatHandle(support, { thread: 't', messageId, references });
        expect(handle.length).toBeLessThanOrEqual(20_000);
        const answer = parseAnswerTo(handle, support);
        expect(answer.messageId).toBe(messageId);
        const newest = answer.references.slice(Math.min(1, references.length));
        expect([...references, messageId].slice(-newest.length)).toEqual(newest);
        expect(answer.references[0]).toBe(references[0] ?? messageId);
      }),
    );
  });

  it('keeps all ancestors that fit: one more would be too many', () => {
    const references = Array.from({ length: 20 }, (_, n) => `<${'漢'.repeat(500)}${n}@b>`);
    const handle = formatHandle(support, { thread: 't', messageId: '<m@b>', references });
    const kept = parseAnswerTo(handle, support).references;
    expect(kept).toEqual([references[0], ...references.slice(2 - kept.length), '<m@b>']);
    expect(handle.length + 2_050).toBeGreaterThan(20_000);
    expect(kept.length).toBeLessThan(20);
  });

  it('names a mail once that is among its own ancestors', () => {
    const handle = formatHandle(support, { thread: 't', messageId: '<a@b>', references: ['<x@b>', '<a@b>'] });
    expect(parseAnswerTo(handle, support).references).toEqual(['<x@b>', '<a@b>']);
  });

  it('is text that stands in any URL, header or queue', () => {
    fc.assert(
      fc.property(ids, fc.array(ids), (messageId, references) => {
        expect(formatHandle(support, { thread: 't', messageId, references })).toMatch(/^h1\.[\w-]+$/);
      }),
    );
  });

  it('is refused from another mailbox, which is named', () => {
    const handle = formatHandle(support, { thread: 't', messageId: '<a@b.example>', references: [] });
    expect(() => parseAnswerTo(handle, sales)).toThrow(FIELD);
    expect(() => parseAnswerTo(handle, sales)).toThrow('belongs to mailbox support');
  });

  it.each([
    ['another version', `h2.${handleOf({}).slice(3)}`],
    ['no mailbox', handleOf({ messageId: '<a@b>', references: [] })],
    ['a mailbox that is none', handleOf({ mailbox: '../x', messageId: '<a@b>', references: [] })],
    ['a header in its Message-ID', handleOf({ mailbox: 'support', messageId: '<a@b>\r\nBcc: eve@x', references: [] })],
    ['a header in a reference', handleOf({ mailbox: 'support', messageId: '<a@b>', references: ['<a@b>\r\nX: 1'] })],
    ['too many references', handleOf({ mailbox: 'support', messageId: '<a@b>', references: Array(21).fill('<a@b>') })],
    ['no array', handleOf({ mailbox: 'support', messageId: '<a@b>', references: { length: 1, 0: '<a@b>' } })],
    ['null', handleOf(null)],
    ['nothing', 'h1.'],
    ['a list of ids', '<a@b> <c@d>'],
    ['an id with a header', '<a@b>\r\nBcc: eve@x.example'],
    ['more than any thread needs', `h1.${'A'.repeat(100_000)}`],
  ])('is refused with %s', (_what, text) => {
    expect(() => parseAnswerTo(text, support)).toThrow(FIELD);
  });

  it('is refused by the name of its field and without its text, whatever stands there instead', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `h1.${Buffer.from(text).toString('base64url')}`),
      fc.json().map((text) => `h1.${Buffer.from(text).toString('base64url')}`),
    );
    fc.assert(
      fc.property(texts, (rest) => {
        const text = `${rest.startsWith('h1.') ? '' : 'hush'}${rest}`;
        try {
          parseAnswerTo(text, support);
          expect(isMessageId(text)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(MailError);
          expect(error).toEqual(FIELD);
          expect(String(error)).not.toContain('hush');
        }
      }),
    );
  });

  it('may be a bare Message-ID', () => {
    const messageId = '<a@b.example>';
    expect(parseAnswerTo(messageId, support)).toEqual({ messageId, references: [messageId], thread: messageId });
  });
});

describe('a Message-ID', () => {
  it.each(['<a@b>', '<CAF+x=_y.1@mail.gmail.com>', '<ü@exämple.org>', `<${'a'.repeat(508)}@b>`])(
    'may be %s',
    (text) => {
      expect(isMessageId(text)).toBe(true);
    },
  );

  it.each([
    '',
    'a@b',
    '<a>',
    '<a@b',
    'a@b>',
    '<a b@c>',
    '<a@b@c>',
    '<a@b>\r',
    '<a\0@b>',
    '<a@b\t>',
    '<<a@b>>',
    `<${'a'.repeat(509)}@b>`,
  ])('is not %j', (text) => {
    expect(isMessageId(text)).toBe(false);
  });
});
