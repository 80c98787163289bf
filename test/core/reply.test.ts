// The event of a reply, as a consumer reads it: by version 1, each unknown shape refused by the name of its field.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailError } from '../../lib/core/errors.ts';
import { parseReplyEvent } from '../../lib/core/reply.ts';

const EVENT = {
  version: 1,
  kind: 'reply',
  id: 'support/1',
  mailbox: 'support',
  receivedAt: 5,
  from: { name: 'Ada', address: 'ada@customer.example' },
  to: [{ address: 'support@shop.example' }],
  cc: [],
  subject: 'Re: Hi',
  text: 'Yes',
  truncated: false,
  attachments: [{ filename: null, contentType: 'image/png', bytes: 3 }],
  raw: { bucket: 'b', key: 'k' },
  answers: { messageId: '<m@shop.example>', context: { id: 5 }, sentAt: null, to: ['ada@customer.example'] },
  matchedBy: 'in-reply-to',
  isSpam: false,
  sender: { authenticated: 'unknown', wasRecipient: true, dmarc: 'unknown', spf: true, dkim: false },
  thread: '1',
  handle: 'h1.x',
};

describe('a reply event', () => {
  it('is read as it was written, with any context', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (context) => {
        const event = { ...EVENT, answers: { ...EVENT.answers, context } };
        expect(parseReplyEvent(JSON.stringify(event))).toEqual(JSON.parse(JSON.stringify(event)));
      }),
    );
  });

  it('is read with and without what is optional in it', () => {
    const more = {
      ...EVENT,
      replyTo: [{ address: 'desk@customer.example' }],
      attachments: [{ ...EVENT.attachments[0], key: 'raw/support/1/0' }],
    };
    expect(parseReplyEvent(JSON.stringify(more))).toEqual(more);
  });

  it('is read with fields that a later version added', () => {
    expect(parseReplyEvent(JSON.stringify({ ...EVENT, later: 1 }))).toEqual(EVENT);
  });

  it.each([
    ['version', { version: 2 }],
    ['kind', { kind: 'hush' }],
    ['mailbox', { mailbox: 'Hush' }],
    ['from.address', { from: { name: 'hush' } }],
    ['attachments.0.bytes', { attachments: [{ filename: 'hush', contentType: 'x', bytes: 'hush' }] }],
    ['answers.to.0', { answers: { ...EVENT.answers, to: ['hush'] } }],
    ['matchedBy', { matchedBy: 'hush' }],
    ['sender.authenticated', { sender: { ...EVENT.sender, authenticated: 'hush' } }],
    ['sender.wasRecipient', { sender: { ...EVENT.sender, wasRecipient: 'unknown' } }],
  ])('is refused by the name of %s, without its value', (field, change) => {
    const read = () => parseReplyEvent(JSON.stringify({ ...EVENT, ...change }));
    expect(read).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', details: { field } }));
    expect(read).not.toThrow(/hush/i);
  });

  it('is refused by a MailError that shows nothing of it, whatever text arrives', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parseReplyEvent(`${text}`);
          expect.unreachable();
        } catch (error) {
          expect(error).toBeInstanceOf(MailError);
          expect(error).toMatchObject({ code: 'EVENT_INVALID' });
          expect(error).not.toHaveProperty('cause');
        }
      }),
    );
  });
});
