// KeptConnection: one connection, of one mailbox, for half a minute.
import { describe, expect, it } from 'vitest';
import { KeptConnection } from '../../functions/send-mail/kept-connection.ts';
import type { Connection } from '../../functions/send-mail/lane.ts';
import { type MailboxId, MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import { type Deadline, toEpochMs } from '../../lib/core/time.ts';

const id = (text: string): MailboxId => parse(MailboxIdSchema, text, 'REQUEST_INVALID', 'test');
const deadline: Deadline = { remainingMs: () => 1_000, signal: new AbortController().signal };

function connection(): Connection & { calls: string[]; end(): void } {
  const calls: string[] = [];
  let isOpen = true;
  const session = {
    begin: () => undefined,
    authenticate: () => Promise.resolve(),
    transmit: () => Promise.resolve({ kind: 'unknown' as const }),
    renew: () => void calls.push('renew'),
    close: () => void calls.push('close'),
    get isOpen() {
      return isOpen;
    },
  };
  const end = () => {
    isOpen = false;
  };
  const slot = { token: 'slot', until: toEpochMs(30_000) };
  return { mailbox: id('support'), session, login: 'v1', slot, calls, end };
}

const connect = () => connection().session;

describe('a kept connection', () => {
  it('is given once, under the deadline of whoever takes it', () => {
    const kept = new KeptConnection(() => toEpochMs(0));
    const one = connection();
    kept.keep(one);
    expect(kept.take(id('support'), deadline, connect)).toBe(one);
    expect(one.calls).toEqual(['renew']);
    expect(kept.take(id('support'), deadline, connect).session).not.toBe(one.session);
  });

  it.each([
    ['after half a minute', 30_001, 'support', false],
    ['for another mailbox', 0, 'sales', false],
    ['when it has ended', 0, 'support', true],
  ])('is closed, not given, %s', (_when, idleMs, mailbox, hasEnded) => {
    let now = 0;
    const kept = new KeptConnection(() => toEpochMs(now));
    const one = connection();
    kept.keep(one);
    now = idleMs;
    if (hasEnded) one.end();
    const taken = kept.take(id(mailbox), deadline, connect);
    expect(taken.session).not.toBe(one.session);
    expect(taken.slot).toEqual(hasEnded ? one.slot : undefined);
    expect(one.calls).toEqual(['close']);
  });
});
