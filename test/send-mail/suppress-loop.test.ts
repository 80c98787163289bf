// Which messages the governor of automatic answers is asked about, and what becomes of one that it stops.
import { describe, expect, it } from 'vitest';
import { suppressLoop } from '../../functions/send-mail/suppress-loop.ts';
import { type Message, parseSendRequest } from '../../lib/core/message.ts';
import { keyOf } from '../../lib/core/message-key.ts';
import type { Claim } from '../../lib/core/sending-ports.ts';
import { toEpochMs } from '../../lib/core/time.ts';

const ANSWER = {
  version: 1,
  mailbox: 'support',
  idempotencyKey: 'a',
  to: 'ada@customer.example',
  subject: 'Re: Hi',
  text: 'Received.',
  inReplyTo: '<question@customer.example>',
  automatic: true,
};
const UNTIL = toEpochMs(1_000);

describe('an answer to a thread that has had enough of them', () => {
  it('is suppressed, and says until when', async () => {
    expect(await judge(ANSWER)).toEqual({
      asked: ['<question@customer.example>'],
      outcome: { kind: 'suppressed', messageId: '<m@shop.example>', code: 'ANSWERS_STOPPED', until: UNTIL },
    });
  });

  it.each([
    ['a person wrote', { automatic: false }, false],
    ['begins a thread', { inReplyTo: undefined }, false],
    ['may have been sent before', {}, true],
  ])('is not, where it is one that %s', async (_name, more, isSentAgain) => {
    expect(await judge({ ...ANSWER, ...more }, isSentAgain)).toEqual({ asked: [], outcome: undefined });
  });
});

async function judge(request: object, isSentAgain = false): Promise<object> {
  const message: Message = parseSendRequest(JSON.parse(JSON.stringify(request)));
  const claim: Claim = {
    key: keyOf(message.mailbox, message.idempotencyKey),
    messageId: '<m@shop.example>',
    date: toEpochMs(0),
    attempt: 1,
    leaseToken: 't',
    firstSeenAt: toEpochMs(0),
    isSentAgain,
  };
  const asked: string[] = [];
  const governor = {
    admit: async (_mailbox: string, thread: string) => {
      asked.push(thread);
      return UNTIL;
    },
    stoppedUntil: async () => UNTIL,
  };
  return { outcome: await suppressLoop({ governor }, claim, message), asked };
}
