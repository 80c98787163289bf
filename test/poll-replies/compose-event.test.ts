// The event of a reply: small enough for a queue whatever the mail holds, and true to what the headers prove.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeEvent, type FoundReply } from '../../functions/poll-replies/compose-event.ts';
import { EmailAddressSchema } from '../../lib/core/address.ts';
import type { MailContent } from '../../lib/core/mail-content.ts';
import { parseMailboxProfile } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import { parseReplyEvent } from '../../lib/core/reply.ts';
import { parseAnswerTo } from '../../lib/core/thread.ts';

const PROFILE = parseMailboxProfile({
  id: 'support',
  address: 'support@shop.example',
  plan: 'workspace',
  protocol: 'imap',
});
const SENT: FoundReply['match']['sent'] = {
  mailbox: PROFILE.id,
  messageId: '<m@shop.example>',
  thread: '<first@shop.example>',
  context: { id: 5 },
  sentAt: 1,
  recipients: [parse(EmailAddressSchema, 'ada@customer.example', 'EVENT_INVALID', 'test')],
};
const FOUND: FoundReply = {
  id: 'support/1',
  profile: PROFILE,
  mail: { uid: 1, labels: [], receivedAt: 2, bytes: 1, headers: {} },
  match: { sent: SENT, matchedBy: 'references' },
  isSpam: false,
  isByHand: false,
  raw: { bucket: 'b', key: 'k' },
};
const CONTENT: MailContent = {
  kind: 'reply',
  authentication: { authenticated: 'unknown', dmarc: 'unknown', spf: 'unknown', dkim: 'unknown' },
  from: { name: 'Ada', address: 'ada@customer.example' },
  to: [{ address: 'support@shop.example' }],
  cc: [],
  subject: 'Re: Hi',
  messageId: '<r@customer.example>',
  references: ['<m@shop.example>'],
  newText: 'Yes',
  fullText: 'Yes',
  attachments: [],
};
const eventOf = (content: Partial<MailContent>, found: Partial<FoundReply> = {}) =>
  composeEvent({ ...FOUND, ...found }, { ...CONTENT, ...content }, { attachmentKeys: [] });
const bytesOf = (event: unknown): number => Buffer.byteLength(JSON.stringify(event));
const MAX = 256 * 1024;

describe('the event of a reply', () => {
  it('says what was answered, by whom and how that is known', () => {
    expect(eventOf({})).toEqual({
      version: 1,
      kind: 'reply',
      id: 'support/1',
      mailbox: 'support',
      receivedAt: 2,
      from: CONTENT.from,
      to: CONTENT.to,
      cc: [],
      subject: 'Re: Hi',
      text: 'Yes',
      truncated: false,
      attachments: [],
      raw: { bucket: 'b', key: 'k' },
      answers: { messageId: '<m@shop.example>', context: { id: 5 }, sentAt: 1, to: ['ada@customer.example'] },
      matchedBy: 'references',
      isSpam: false,
      sender: { authenticated: 'unknown', wasRecipient: true, dmarc: 'unknown', spf: 'unknown', dkim: 'unknown' },
      thread: '<first@shop.example>',
      handle: expect.stringMatching(/^h1\./),
    });
  });

  it.each([
    [true, { name: 'x', address: 'ADA@Customer.Example' }],
    [false, { name: 'ada@customer.example', address: 'eve@customer.example' }],
    [false, { address: 'ada@customer.example.evil.example' }],
    [false, null],
  ])('says %s to whether its sender was a recipient: %j', (wasRecipient, from) => {
    expect(eventOf({ from }).sender.wasRecipient).toBe(wasRecipient);
  });

  it('says where its sender wants answers, where that is said, and of a long list its beginning', () => {
    const replyTo = [{ name: 'Desk', address: 'desk@customer.example' }];
    expect(eventOf({ replyTo }).replyTo).toEqual(replyTo);
    expect(eventOf({ replyTo: [] })).not.toHaveProperty('replyTo');
    const [one] = replyTo;
    expect(eventOf({ replyTo: Array(500).fill({ ...one, name: 'x'.repeat(5_000) }) }).replyTo).toEqual(
      Array(10).fill({ ...one, name: 'x'.repeat(255) }),
    );
  });

  it('has a handle that answers the reply in its thread, or our own message where the reply has no id', () => {
    expect(parseAnswerTo(eventOf({}).handle, PROFILE.id)).toEqual({
      messageId: '<r@customer.example>',
      references: ['<m@shop.example>', '<r@customer.example>'],
      thread: '<first@shop.example>',
    });
    const { messageId: _id, ...anonymous } = CONTENT;
    expect(parseAnswerTo(composeEvent(FOUND, anonymous, { attachmentKeys: [] }).handle, PROFILE.id).messageId).toBe(
      '<m@shop.example>',
    );
  });

  it('belongs to the thread that Gmail names', () => {
    expect(eventOf({}, { mail: { ...FOUND.mail, gmailThreadId: '77' } }).thread).toBe('77');
    expect(eventOf({ references: ['<other@x.example>'] }).thread).toBe('<first@shop.example>');
  });

  it('loses its HTML first, then the quoted text, and says that it was cut', () => {
    const noHtml = eventOf({ html: 'x'.repeat(MAX), fullText: 'Yes\n> no' });
    expect(noHtml).toMatchObject({ truncated: true, text: 'Yes', fullText: 'Yes\n> no' });
    expect(noHtml).not.toHaveProperty('html');
    const short = eventOf({ html: '<p>', fullText: `Yes\n${'> no\n'.repeat(MAX)}` });
    expect(short).toMatchObject({ truncated: true, text: 'Yes' });
    expect(short).not.toHaveProperty('fullText');
    const cut = eventOf({ newText: '😀'.repeat(MAX), fullText: '😀'.repeat(MAX) });
    expect(cut.truncated).toBe(true);
    expect(cut.text.length).toBe(20_000);
    expect(cut.text.isWellFormed()).toBe(true);
  });

  it('keeps all of a mail that fits', () => {
    const text = 'x'.repeat(100_000);
    expect(eventOf({ newText: text, fullText: text, html: text })).toMatchObject({
      truncated: false,
      text,
      html: text,
    });
  });

  it('is at most 256 KB and reads back, whatever bodies the mail has and however many people and files', () => {
    const unit = fc.constantFrom('x', 'ö', '漢', '😀', '"', '\\', '\n', '\u0001', '\ud800');
    const body = fc.tuple(unit, fc.nat(200_000)).map(([one, count]) => one.repeat(count));
    const word = fc.tuple(unit, fc.nat(1_200)).map(([one, count]) => one.repeat(count));
    const person = fc.record({ name: word, address: word });
    const people = fc.tuple(person, fc.nat(3_000)).map(([one, count]) => Array(count).fill(one));
    const files = fc
      .tuple(fc.string({ maxLength: 60 }), fc.nat(3_000))
      .map(([filename, count]) => Array(count).fill({ filename, contentType: 'image/png', bytes: 1 }));
    const bounced = fc
      .tuple(word, word, fc.nat(600))
      .map(([address, diagnostic, count]) =>
        Array(count).fill({ address, diagnostic, action: 'failed', status: '5.1.1', type: 'hard' }),
      );
    const context = fc.nat(16_000).map((count) => 'x'.repeat(count));
    fc.assert(
      fc.property(
        body,
        body,
        body,
        body,
        people,
        people,
        files,
        context,
        bounced,
        (subject, newText, fullText, html, to, cc, attachments, said, recipients) => {
          const sent = { ...SENT, context: said };
          const event = eventOf(
            { subject, newText, fullText, html, to, cc, attachments, deliveryStatus: { recipients, messageIds: [] } },
            { match: { sent, matchedBy: 'references' } },
          );
          expect(bytesOf(event)).toBeLessThanOrEqual(MAX);
          const isWhole = event.text === newText && event.html === html && (event.fullText ?? event.text) === fullText;
          expect(event.truncated).toBe(!isWhole);
          expect(parseReplyEvent(JSON.stringify(event))).toEqual(event);
          expect(event.answers.context).toBe(said);
        },
      ),
      { numRuns: 60 },
    );
  });
});
