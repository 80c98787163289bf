// Matching by headers alone: which of our messages a mail may answer, whose it is, and whether it may be a bounce.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatesOf, isDraft, isLikelyBounce, isMailerDaemon, threadToSearch } from '../../lib/core/matching.ts';
import { isMessageId, messageIdsIn } from '../../lib/core/thread.ts';
import { processorMs } from '../processor-time.ts';

const ids = fc.uniqueArray(fc.stringMatching(/^<[a-z0-9.]{1,20}@[a-z]{1,10}\.example>$/), { maxLength: 40 });

describe('candidates', () => {
  it('are In-Reply-To first, then References from the newest, each id once', () => {
    const headers = { 'in-reply-to': '<c@x.example>', references: '<a@x.example>\r\n <b@x.example> <c@x.example>' };
    expect(candidatesOf(headers)).toEqual([
      { messageId: '<c@x.example>', matchedBy: 'in-reply-to' },
      { messageId: '<b@x.example>', matchedBy: 'references' },
      { messageId: '<a@x.example>', matchedBy: 'references' },
    ]);
  });

  it('keep that order for any thread, with its newest 15 and its oldest 5 ancestors', () => {
    fc.assert(
      fc.property(ids, (thread) => {
        const parent = thread.at(-1);
        const found = candidatesOf({ ...(parent && { 'in-reply-to': parent }), references: thread.join('\r\n\t') });
        const ancestors = thread.slice(0, -1).toReversed();
        const looked = ancestors.filter((_, at) => at < 15 || at >= ancestors.length - 5);
        expect(found.map(({ messageId }) => messageId)).toEqual(parent ? [parent, ...looked] : []);
      }),
    );
  });

  it('are few, however many a header names, and the one that began a long thread is among them', () => {
    const thread = Array.from({ length: 1_000 }, (_, at) => `<${at}@x.example>`);
    const found = candidatesOf({
      'in-reply-to': thread.join(' '),
      references: `<first@x.example> ${thread.join(' ')}`,
    });
    expect(found.length).toBeLessThanOrEqual(25);
    const long = candidatesOf({ references: thread.join(' ') }).map(({ messageId }) => messageId);
    expect([long[0], long.at(-1), long.length]).toEqual(['<999@x.example>', '<0@x.example>', 20]);
  });

  it('are none where there is nothing to answer', () => {
    for (const text of [undefined, '', 'Your message of Monday', '<>', '<a>', '<@>', '<a@b', 'a@b>']) {
      expect(candidatesOf({ 'in-reply-to': text, references: text } as object)).toEqual([]);
    }
  });
});

describe('Message-IDs in a header', () => {
  it('are found between whatever else a client wrote', () => {
    expect(messageIdsIn('Your message of Monday <a@x.example> "<not an id>" <b@x.example>(<c@x.example>)')).toEqual([
      '<a@x.example>',
      '<b@x.example>',
      '<c@x.example>',
    ]);
  });

  it('are ids, whatever bytes the header holds', () => {
    const noise = fc.string({
      unit: fc.oneof(fc.constantFrom('<', '>', '@', ' ', '\r\n'), fc.string({ unit: 'binary' })),
    });
    fc.assert(fc.property(noise, (text) => messageIdsIn(text).every((id) => isMessageId(id) && text.includes(id))));
  });

  it('are read in linear time from a hostile header', () => {
    const spent = processorMs(() => {
      for (const unit of ['<', '<a', '<a@', '<a@b', '<a@b>', '@', '<@>']) messageIdsIn(unit.repeat(50_000));
    });
    expect(spent).toBeLessThan(5_000);
  });
});

describe('own mail', () => {
  const mail = { uid: 1, receivedAt: 0, bytes: 1, labels: [], headers: { from: 'Shop <Support@shop.example>' } };

  it('is a draft by its labels', () => {
    expect(isDraft({ ...mail, labels: ['\\Draft'] })).toBe(true);
    expect(isDraft({ ...mail, labels: ['\\Drafts', 'x'] })).toBe(true);
    expect(isDraft({ ...mail, labels: ['\\Inbox', 'Draft'] })).toBe(false);
  });
});

describe('the thread to search', () => {
  const mail = { uid: 1, receivedAt: 0, bytes: 1, labels: [], headers: {} };

  it('is none for a mail that began its thread, and none where there are no threads', () => {
    expect(threadToSearch({ ...mail, gmailMessageId: '7', gmailThreadId: '7' })).toBeUndefined();
    expect(threadToSearch(mail)).toBeUndefined();
    expect(threadToSearch({ ...mail, gmailMessageId: '8', gmailThreadId: '7' })).toBe('7');
  });
});

describe('a likely bounce', () => {
  it.each([
    { 'content-type': 'multipart/report; boundary=x; report-type="delivery-status"' },
    { 'content-type': 'Multipart/Report;\r\n Report-Type=delivery-status' },
    { 'content-type': 'multipart/report; boundary=x' },
    { 'x-failed-recipients': 'ada@customer.example' },
    { from: 'MAILER-DAEMON@mx.example (Mail Delivery System)' },
    { from: '<>', 'return-path': '<>' },
    { 'return-path': ' < > ' },
    { 'auto-submitted': 'auto-replied' },
    { 'auto-submitted': 'auto-generated (failure)' },
  ])('is told from %j', (headers) => {
    expect(isLikelyBounce(headers)).toBe(true);
  });

  it.each([
    {},
    { from: 'Ada <ada@customer.example>', 'return-path': '<ada@customer.example>' },
    { 'content-type': 'multipart/report; report-type=disposition-notification' },
    { 'content-type': 'multipart/report; report-type=feedback-report', from: 'postmaster@mx.example' },
    { 'content-type': 'text/plain; name="multipart/report; report-type=delivery-status"' },
    { 'auto-submitted': 'auto-generated' },
    { 'auto-submitted': 'no' },
    { subject: 'Undeliverable: Hi' },
  ])('is not every mail: %j', (headers) => {
    expect(isLikelyBounce(headers)).toBe(false);
  });
});

describe('a mail server', () => {
  it.each([
    'Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
    '"Mail Delivery System" <x@isp.example>',
    'postmaster@isp.example',
    'MAILER-DAEMON',
    '<MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@shop.example>',
    'System Administrator <admin@isp.example>',
  ])('writes as %s', (from) => {
    expect(isMailerDaemon(from)).toBe(true);
  });

  it.each(['Ada <ada@customer.example>', 'ada.postmaster@x.example', 'Post Master General <ada@x.example>', ''])(
    'does not write as %s',
    (from) => {
      expect(isMailerDaemon(from)).toBe(false);
    },
  );
});
