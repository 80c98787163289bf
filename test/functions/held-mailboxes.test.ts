// Mailboxes at their limit, throttled, and with a grant that is revoked in mid-run: while one is on hold the server hears
// nothing of it, its mail waits, and all of it is sent once when the hold is over.
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectMailbox } from '../../local/connect.ts';
import { ADA, mailsWith, startTestStack, type TestStack, until } from './stack.ts';

const LIMITED = { id: 'limited', address: 'limited@shop.example' };
const THROTTLED = { id: 'throttled', address: 'throttled@shop.example' };
const REVOKED = { id: 'revoked', address: 'revoked@shop.example' };
const MAILBOXES = [LIMITED, THROTTLED, REVOKED];
const KEYS = Array.from({ length: 12 }, (_, index) => `mail ${index}`);
const SENT_BEFORE = 4;

describe('in mid-run', () => {
  let stack: TestStack;

  beforeEach(async () => {
    stack = await startTestStack({ mailboxes: MAILBOXES });
    await stack.invoke('RefreshTokensFunction', {});
  });

  afterEach(async () => {
    await stack?.stop();
  });

  const textOf = (mailbox: string) => `of ${mailbox}.`;
  const inbox = (mailbox: string) => mailsWith(stack, ADA, textOf(mailbox)).length;

  /** What the server had heard when the trouble came. */
  let heard: ReturnType<typeof counters>;
  const counters = (address: string) => ({
    commands: stack.google.smtpCommands,
    logins: stack.google.account(address).counters.smtpLogins,
  });

  async function sendAll({ id: mailbox, address }: { id: string; address: string }): Promise<unknown[]> {
    const [half, rest] = [KEYS.slice(0, 6), KEYS.slice(6)];
    const kinds: unknown[] = [];
    for (const idempotencyKey of half) {
      const { outcome } = await stack.send({ mailbox, idempotencyKey, text: textOf(mailbox) });
      kinds.push(outcome?.kind);
      if (kinds.length !== SENT_BEFORE) continue;
      await strike(mailbox);
      heard = counters(address);
    }
    await stack.drain(
      rest.map((idempotencyKey) => ({ idempotencyKey, text: textOf(mailbox) })),
      mailbox,
    );
    return kinds;
  }

  async function strike(mailbox: string): Promise<void> {
    if (mailbox === LIMITED.id) return stack.setProfile({ limits: { messages: SENT_BEFORE } }, mailbox);
    if (mailbox === THROTTLED.id) {
      stack.google.faults.smtp({ at: 'MAIL', do: { reply: '421 4.7.0 Try again later. - gsmtp' } });
      await stack.send({ mailbox, idempotencyKey: 'struck', text: 'struck' });
      return;
    }
    stack.google.account(REVOKED.address).revokeGrants();
    await stack.send({ mailbox, idempotencyKey: 'struck', text: 'struck' });
  }

  async function mend(mailbox: string): Promise<void> {
    if (mailbox === LIMITED.id) return stack.setProfile({ limits: { messages: 100 } }, mailbox);
    if (mailbox === THROTTLED.id) return stack.passTime(mailbox);
    const SecretId = `Mailroom/grants/${mailbox}`;
    await stack.secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    await connectMailbox(stack.google, stack.aws, REVOKED);
    // Within a minute: every poll asks for a token, and so finds that there is one again.
    await stack.invoke('PollRepliesFunction', {});
  }

  it.each(MAILBOXES)('$id: nothing is said while it is on hold, and all is sent after it', async (mailbox) => {
    const { id, address } = mailbox;
    const kinds = await sendAll(mailbox);
    expect(kinds).toEqual([...Array(SENT_BEFORE).fill('sent'), 'held', 'held']);
    expect(inbox(id)).toBe(SENT_BEFORE);

    for (const idempotencyKey of KEYS.slice(SENT_BEFORE)) {
      const { outcome } = await stack.send({ mailbox: id, idempotencyKey, text: textOf(id) });
      expect(outcome?.kind).toBe('held');
    }
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 0, failures: [] });
    await stack.aws.idle();
    expect(counters(address)).toEqual(heard);

    await mend(id);
    await until(
      'all to be sent',
      async () => {
        await stack.passTime(id);
        for (const key of KEYS) {
          if ((await stack.item(key, id))?.state === 'waiting') await stack.change(key, { dueAt: Date.now() }, id);
        }
        await stack.invoke('ReleaseWaitingFunction', {});
        await stack.aws.idle();
        return inbox(id) >= KEYS.length;
      },
      30_000,
    );
    const states = await Promise.all(KEYS.map(async (key) => (await stack.item(key, id))?.state));
    expect(new Set(states)).toEqual(new Set(['sent']));
    expect(inbox(id)).toBe(KEYS.length);
  });
});
