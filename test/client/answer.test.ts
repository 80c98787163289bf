// An answer to a reply: to its sender, in its thread, once for each reply.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, composeAnswer } from '../../lib/client/answer.ts';
import { parseReply } from '../../lib/client/parse-reply.ts';
import { parseSendRequest } from '../../lib/core/message.ts';
import type { ReplyEvent } from '../../lib/core/reply.ts';
import { REPLY } from './reply-fixture.ts';

const ADA = 'ada@customer.example';
const requestOf = (reply: ReplyEvent, answer: Answer = { text: 'Thanks' }) =>
  parseSendRequest({ version: 1, mailbox: reply.mailbox, ...composeAnswer(reply, answer) });

describe('an answer', () => {
  it('goes to whoever replied, in the thread of the reply', () => {
    expect(requestOf(REPLY)).toMatchObject({
      to: [{ address: 'ada@customer.example' }],
      answerTo: { messageId: '<r@customer.example>' },
      text: 'Thanks',
    });
  });

  it('has one key for each reply, however often it is made, and another if it is given', () => {
    const { idempotencyKey } = composeAnswer(REPLY, { text: 'a' });
    expect(composeAnswer({ ...REPLY }, { text: 'b' }).idempotencyKey).toBe(idempotencyKey);
    expect(composeAnswer({ ...REPLY, id: 'support/2' }, { text: 'a' }).idempotencyKey).not.toBe(idempotencyKey);
    expect(composeAnswer(REPLY, { text: 'a', idempotencyKey: 'mine' }).idempotencyKey).toBe('mine');
  });

  it.each([
    ['Hi', 'Re: Hi'],
    ['Re: Hi', 'Re: Hi'],
    ['RE:Hi', 'Re: Hi'],
    ['AW: Hi', 'Re: Hi'],
    ['SV: VS: Hi', 'Re: Hi'],
    ['Antw: Hi', 'Re: Hi'],
    ['R: Hi', 'Re: Hi'],
    ['Odp: Hi', 'Re: Hi'],
    ['RV: Hi', 'Re: Hi'],
    ['回复：Hi', 'Re: Hi'],
    ['回复: Re: AW:  Hi', 'Re: Hi'],
    ['Re[2]: Re(3): Hi', 'Re: Hi'],
    ['Re: Fwd: Re: Hi', 'Re: Fwd: Re: Hi'],
    ['Research: Hi', 'Re: Research: Hi'],
    ['Hi re: you', 'Re: Hi re: you'],
    ['Hi\r\nBcc: eve@x.example', 'Re: Hi Bcc: eve@x.example'],
    ['', 'Re: '],
  ])('to %j is %j', (subject, expected) => {
    expect(composeAnswer({ ...REPLY, subject }, { text: 'a' }).subject).toBe(expected);
  });

  it('is a valid request, whatever the subject and the id of the reply', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), fc.string({ unit: 'binary' }), (subject, id) => {
        expect(requestOf({ ...REPLY, subject, id }).subject).toMatch(/^Re: (?!re:)/i);
      }),
    );
    expect(requestOf({ ...REPLY, subject: '漢'.repeat(1_000) }).subject).toHaveLength(894);
  });

  it('goes where the reply wants answers, and to its sender where that is no address', () => {
    const desk = { name: 'Desk', address: 'desk@customer.example' };
    const toOf = (replyTo: ReplyEvent['replyTo']) => requestOf({ ...REPLY, replyTo }).to.map(({ address }) => address);
    expect(toOf([desk, { address: 'b@customer.example' }])).toEqual([desk.address, 'b@customer.example']);
    expect(toOf([{ address: 'no address' }, desk])).toEqual([desk.address]);
    expect(toOf([{ address: 'a@b.example\r\nBcc: eve@x.example' }])).toEqual([ADA]);
    expect(toOf([])).toEqual([ADA]);
    expect(requestOf({ ...REPLY, from: null, replyTo: [desk] }).to).toEqual([{ address: desk.address }]);
  });

  it('says that a program wrote it, where one did', () => {
    expect(requestOf(REPLY, { text: 'a', automatic: true }).automatic).toBe(true);
    expect(requestOf(REPLY).automatic).toBe(false);
  });

  it.each(['auto-reply', 'bounce', 'answered-by-hand'] as const)(
    'is refused to the kind %s where it is automatic, and left to a person who writes it',
    (kind) => {
      expect(() => composeAnswer({ ...REPLY, kind }, { text: 'a', automatic: true })).toThrow(
        expect.objectContaining({ code: 'ANSWER_REFUSED', details: { kind }, message: expect.stringContaining(kind) }),
      );
      expect(requestOf({ ...REPLY, kind, to: [{ address: ADA }] }).text).toBe('Thanks');
    },
  );

  it("goes to whom a colleague wrote, where it follows a colleague's answer", () => {
    const byHand = { ...REPLY, kind: 'answered-by-hand', from: { address: 'support@shop.example' } } as const;
    expect(requestOf({ ...byHand, to: [{ address: ADA }] }).to).toEqual([{ address: ADA }]);
  });

  it('has nobody to go to where the reply names no sender', () => {
    expect(() => composeAnswer({ ...REPLY, from: null }, { text: 'a' })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', details: { field: 'to' } }),
    );
  });
});

describe('a record of the replies queue', () => {
  it('is read whichever way it was received, and refused without a body', () => {
    const json = JSON.stringify(REPLY);
    expect(parseReply({ body: json })).toEqual(REPLY);
    expect(parseReply({ Body: json })).toEqual(REPLY);
    for (const [record, field] of [
      [{}, 'body'],
      [{ Body: undefined }, 'body'],
      [{ body: '{' }, '(whole)'],
    ] as const) {
      expect(() => parseReply(record)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', details: { field } }));
    }
  });
});
