// keepConnections: a connection serves the next invocation of its process, and whatever becomes of it meanwhile costs
// neither a mail nor sends one twice.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, mailsWith, SALES, startTestStack, type TestStack } from './stack.ts';

describe('a kept connection', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ parameters: { KeepConnections: 'on' }, mailboxes: [SUPPORT, SALES] });
    await stack.invoke('RefreshTokensFunction', {});
    await send('first');
  });

  beforeEach(() => {
    stack.google.faults.clear();
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const send = (idempotencyKey: string, rest: object = {}) =>
    stack.send({ idempotencyKey, text: `mail ${idempotencyKey}.`, ...rest });
  const logins = (address = SUPPORT.address) => stack.google.account(address).counters.smtpLogins;
  const isSentOnce = (key: string) => expect(mailsWith(stack, ADA, `mail ${key}.`)).toHaveLength(1);

  it('takes the next message without another login', async () => {
    const before = logins();
    expect((await send('next')).outcome).toMatchObject({ kind: 'sent' });
    expect(logins()).toBe(before);
    isSentOnce('next');
  });

  it.each(['cut', 'stall'] as const)('that is found dead at MAIL (%s) is replaced by a new one', async (what) => {
    const before = logins();
    stack.google.faults.smtp({ at: 'MAIL', do: what });
    expect((await send(`dead ${what}`)).outcome).toMatchObject({ kind: 'sent' });
    expect(logins()).toBe(before + 1);
    isSentOnce(`dead ${what}`);
  });

  it('that Gmail ends with 421 is replaced by a new one', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '421 4.7.0 Session expired, closing connection - gsmtp' } });
    expect((await send('expired')).outcome).toMatchObject({ kind: 'sent' });
    isSentOnce('expired');
  });

  it('that is cut after the final dot leaves the message uncertain, and is not used again', async () => {
    stack.google.faults.smtp({ at: 'after-dot', do: 'cut' });
    expect((await send('uncertain')).outcome).toMatchObject({ kind: 'unknown' });
    expect((await send('afterwards')).outcome).toMatchObject({ kind: 'sent' });
    isSentOnce('uncertain');
    isSentOnce('afterwards');
  });

  it('serves on after a message was refused', async () => {
    const before = logins();
    const refused = await send('refused', { to: `nobody@${SUPPORT.address.split('@')[1]}` });
    expect(refused.outcome).toMatchObject({ kind: 'failed', code: 'RECIPIENT_REFUSED' });
    expect((await send('good')).outcome).toMatchObject({ kind: 'sent' });
    expect(logins()).toBe(before);
  });

  it('is not used for another mailbox', async () => {
    const before = logins(SALES.address);
    expect((await send('sales', { mailbox: SALES.id })).outcome).toMatchObject({ kind: 'sent' });
    expect(logins(SALES.address)).toBe(before + 1);
    const from = stack.google.account(SALES.address).messages('\\Sent');
    expect(from).toHaveLength(1);
  });

  it('serves on when its token expires meanwhile', async () => {
    // The process has sent for another mailbox meanwhile, and the slot of the connection that it closed then is kept.
    await stack.passTime();
    await send('young token');
    const before = logins();
    stack.google.account(SUPPORT.address).expireAccessTokens();
    expect((await send('old token')).outcome).toMatchObject({ kind: 'sent' });
    expect(logins()).toBe(before);
    isSentOnce('old token');
  });

  it('answers a replay from the table', async () => {
    expect((await send('next')).outcome).toMatchObject({ kind: 'replayed' });
    isSentOnce('next');
  });
});
