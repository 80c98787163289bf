// Handles and Message-IDs: what is formatted is read back, for the right mailbox only, and hostile text is refused.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { candidatesOf, isOwnMail, kindOf } from '../../lib/core/matching.ts';
import { parse } from '../../lib/core/parse.ts';
import { Secret } from '../../lib/core/secret.ts';
import { formatHandle, isMessageId, messageIdsIn, parseAnswerTo } from '../../lib/core/thread.ts';
import { backoffMs } from '../../lib/core/time.ts';
import { formatAccessToken, parseAccessToken, parseGrant } from '../../lib/core/token.ts';

const support = parse(MailboxIdSchema, 'support', 'EVENT_INVALID', 'test');
const sales = parse(MailboxIdSchema, 'sales', 'EVENT_INVALID', 'test');
const ids = fc.stringMatching(/^<[a-z0-9.]{1,20}@[a-z]{1,10}\.example>$/);

describe('a handle', () => {
  it('gives back the mail and its ancestors, trimmed to the first and the newest', () => {
    fc.assert(
      fc.property(ids, fc.array(ids, { maxLength: 60 }), (messageId, references) => {
        const { messageId: read, references: thread } = parseAnswerTo(
          formatHandle(support, { messageId, references }),
          support,
        );
        expect(read).toBe(messageId);
        expect(thread.at(-1)).toBe(messageId);
        expect(thread.length).toBeLessThanOrEqual(20);
        if (references[0] !== undefined) expect(thread[0]).toBe(references[0]);
      }),
    );
  });

  it('is refused from another mailbox, which is named', () => {
    const handle = formatHandle(support, { messageId: '<a@b.example>', references: [] });
    expect(() => parseAnswerTo(handle, sales)).toThrow('belongs to mailbox support');
  });

  it('is refused by the name of its field, whatever stands there instead', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `h1.${Buffer.from(text).toString('base64url')}`),
        ),
        (text) => {
          if (isMessageId(text)) return;
          expect(() => parseAnswerTo(text, support)).toThrow(
            expect.objectContaining({ details: { field: 'inReplyTo' } }),
          );
        },
      ),
    );
  });

  it('may be a bare Message-ID', () => {
    expect(parseAnswerTo('<a@b.example>', support)).toEqual({
      messageId: '<a@b.example>',
      references: ['<a@b.example>'],
    });
  });
});

describe('matching', () => {
  it('tries In-Reply-To first, then References from the newest, each id once', () => {
    const headers = { 'in-reply-to': '<c@x.example>', references: '<a@x.example>\r\n <b@x.example> <c@x.example>' };
    expect(candidatesOf(headers)).toEqual([
      { messageId: '<c@x.example>', matchedBy: 'in-reply-to' },
      { messageId: '<b@x.example>', matchedBy: 'references' },
      { messageId: '<a@x.example>', matchedBy: 'references' },
    ]);
  });

  it('finds the ids between whatever else a client wrote', () => {
    expect(messageIdsIn('Your message of Monday <a@x.example> "<not an id>" <b@x.example>')).toEqual([
      '<a@x.example>',
      '<b@x.example>',
    ]);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => messageIdsIn(text).every(isMessageId)));
  });

  it('knows its own copies and drafts by their labels, and without labels by their From', () => {
    const mail = { uid: 1, receivedAt: 0, headers: { from: 'Shop <Support@shop.example>' } };
    expect(isOwnMail({ ...mail, labels: ['\\Sent'] }, 'x@y.example')).toBe(true);
    expect(isOwnMail({ ...mail, labels: ['\\Draft'] }, 'x@y.example')).toBe(true);
    expect(isOwnMail({ ...mail, labels: ['\\Inbox'] }, 'support@shop.example')).toBe(false);
    expect(isOwnMail({ ...mail, labels: [] }, 'support@shop.example')).toBe(true);
  });

  it('tells answers of people from those of machines', () => {
    expect(kindOf({})).toBe('reply');
    expect(kindOf({ 'auto-submitted': 'no' })).toBe('reply');
    expect(kindOf({ 'auto-submitted': 'auto-replied; x=y' })).toBe('auto-reply');
    expect(kindOf({ 'content-type': 'multipart/report; boundary=x; report-type="delivery-status"' })).toBe('bounce');
  });
});

describe('secrets', () => {
  it('show nothing of themselves when printed, inspected or put into JSON', () => {
    const secret = new Secret('hush');
    expect(
      `${secret} ${JSON.stringify({ secret })} ${inspect({ secret }, { depth: 9, showHidden: true })}`,
    ).not.toContain('hush');
    expect(secret.reveal()).toBe('hush');
  });

  it('are read back as they were written, and a malformed one is named without its value', () => {
    const text = '{"accessToken":"hush","expiresAt":5,"address":"a@b.example"}';
    expect(JSON.parse(formatAccessToken(parseAccessToken(text, 'v', 'x')))).toEqual(JSON.parse(text));
    for (const bad of ['{"refreshToken":"hush"}', 'hush', '{"type":"oauth","refreshToken":["hush"]}']) {
      expect(() => parseGrant(bad, 'Mailroom/grants/a')).toThrow(expect.objectContaining({ code: 'SECRET_MALFORMED' }));
      expect(() => parseGrant(bad, 'Mailroom/grants/a')).not.toThrow(/hush/);
    }
  });
});

describe('backoff', () => {
  it('doubles from a minute, stays under an hour and a quarter, and is spread', () => {
    expect(backoffMs(1, 0.5)).toBe(60_000);
    expect(backoffMs(3, 0.5)).toBe(240_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const rest = backoffMs(attempt, random);
          return rest >= 45_000 && rest <= 4_500_000;
        },
      ),
    );
  });
});
