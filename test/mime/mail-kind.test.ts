// A person's answer is never taken for a robot's, and what a robot says of itself is heard. Whole mails: test/corpus/kinds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMail } from '../../lib/mime/mail-content.ts';
import { kindOfMail } from '../../lib/mime/mail-kind.ts';
import { processorMs } from '../processor-time.ts';

const kindOf = (headers: Record<string, string>, subject = 'Re: Hi') => {
  const mail = { headers: Object.entries(headers).map(([key, value]) => ({ key, value })), text: '', parts: [] };
  return kindOfMail(mail, subject, { deliveryStatus: undefined, calendar: undefined });
};

describe('the kind of a mail', () => {
  it.each([
    ['reply', {}],
    ['reply', { 'auto-submitted': ' No ' }],
    ['reply', { 'auto-submitted': '' }],
    ['reply', { 'auto-submitted': '(auto-replied) no' }],
    ['reply', { 'auto-submitted': 'no; auto-replied' }],
    ['reply', { 'auto-submitted': '(auto-replied' }],
    ['auto-reply', { 'auto-submitted': 'auto-replied; x=y' }],
    ['auto-reply', { 'auto-submitted': 'Auto-Generated' }],
    ['auto-reply', { 'auto-submitted': '(a (b) \\) c) auto-notified (no)' }],
    ['reply', { 'content-type': 'text/plain; name="multipart/report; report-type=delivery-status"' }],
    ['auto-reply', { 'content-type': 'multipart/report; report-type=disposition-notification' }],
    ['reply', { 'x-auto-response-suppress': 'All' }],
    ['auto-reply', { 'x-auto-response-suppress': 'All', precedence: 'bulk' }],
    ['reply', { precedence: 'bulk' }],
    ['auto-reply', { precedence: 'auto_reply' }],
    ['reply', { precedence: 'bulk', 'list-id': '<l.example>', 'return-path': '<l-bounces@l.example>' }],
    ['auto-reply', { 'return-path': '<>' }],
    ['reply', { 'x-autoreply': 'no' }],
    ['reply', { ['__proto__']: 'x', constructor: 'y', toString: 'z' }],
  ] as const)('is %s for %j', (kind, headers) => {
    expect(kindOf(headers)).toBe(kind);
  });

  it.each([
    ['reply', 'Re: Automatic reply: Hi'],
    ['reply', 'Automatic replies'],
    ['reply', 'Out of office furniture: a quote'],
    ['auto-reply', 'Automatic reply: Hi'],
    ['auto-reply', '[EXTERNAL] Réponse automatique\u00a0: Hi'],
    ['auto-reply', '自動返信:Hi'],
  ] as const)('is %s by the subject %j', (kind, subject) => {
    expect(kindOf({}, subject)).toBe(kind);
  });

  it('is bounce wherever a delivery status was found, and reply wherever a calendar answered', () => {
    const mail = { headers: [{ key: 'auto-submitted', value: 'auto-replied' }], text: '', parts: [] };
    const deliveryStatus = { recipients: [], messageIds: [] };
    const calendar = { uid: 'x', status: 'accepted', attendee: null } as const;
    expect(kindOfMail(mail, '', { deliveryStatus, calendar })).toBe('bounce');
    expect(kindOfMail(mail, '', { deliveryStatus: undefined, calendar })).toBe('reply');
  });

  it.each([
    ['bounce', 'multipart/report; boundary=x; report-type="delivery-status"', ''],
    ['bounce', 'Multipart/Report;\r\n Report-Type=delivery-status; boundary=x', 'Auto-Submitted: auto-replied\r\n'],
  ] as const)('is %s for a report without an end: %s', async (kind, contentType, more) => {
    const mail = await readMail(Buffer.from(`From: a@b.example\r\nContent-Type: ${contentType}\r\n${more}\r\nx`));
    expect(mail.kind).toBe(kind);
  });

  it('is a reply whatever a person writes or quotes', async () => {
    const words = fc.constantFrom(
      'Automatic reply',
      'Out of office',
      '550 5.1.1',
      '<ada@x.example>: User unknown',
      'Delivery has failed to these recipients or groups:',
      'This is the mail system',
      'auto-replied',
      'Auto-Submitted: auto-replied',
      'Final-Recipient: rfc822; a@b.c',
      'Undeliverable',
      'BEGIN:VCALENDAR',
      'METHOD:REPLY',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(words), async (lines) => {
        const head =
          'Return-Path: <ada@x.example>\r\nFrom: Ada <ada@x.example>\r\nSubject: Re: Automatic reply: Undeliverable: Hi\r\n\r\n';
        expect((await readMail(Buffer.from(`${head}${lines.join('\r\n')}`))).kind).toBe('reply');
      }),
      { numRuns: 100 },
    );
  });

  it.each(['(', ')', '\\', ';', '"', ' ', '[', '*', 'auto'])('takes no time over a megabyte of %j', (unit) => {
    const noise = unit.repeat(1_000_000 / unit.length);
    const spent = processorMs(() => {
      const names = ['auto-submitted', 'x-mailer', 'precedence', 'return-path', 'from', 'content-type', 'delivered-to'];
      kindOf(Object.fromEntries(names.map((name) => [name, noise])), noise);
    });
    expect(spent).toBeLessThan(1_000);
  });
});
