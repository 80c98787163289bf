// What takes of a mailbox's quota: our mail once, its owner's mail too, and recipients by where and who they are.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, GRACE, SALES, startTestStack, type TestStack } from './stack.ts';

type Hour = Record<'messages' | 'recipients' | 'external', number>;

describe('the quota of a mailbox', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES] });
    await stack.invoke('RefreshTokensFunction', {});
    await stack.invoke('PollRepliesFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
  });

  async function used(mailbox: string) {
    const hours: Hour[] = Object((await stack.sending(mailbox))?.hours ?? []);
    const sum = (of: keyof Hour) => hours.reduce((total, hour) => total + hour[of], 0);
    return { messages: sum('messages'), recipients: sum('recipients'), external: sum('external') };
  }

  /** As its owner does in Gmail's web page. */
  function sendByHand(id: string): void {
    const header = `From: ${SUPPORT.address}\r\nTo: Ada <${ADA}>, ${SALES.address}\r\nBcc: ${GRACE}`;
    const raw = `${header}\r\nSubject: by hand\r\nMessage-ID: <${id}@mail.gmail.com>\r\n\r\nHello\r\n`;
    stack.google.account(SUPPORT.address).deliver(raw, { labels: ['\\Sent'], asIs: true });
  }

  it('counts the mail of its owner, once, and not ours a second time', async () => {
    expect((await stack.send({ idempotencyKey: 'ours' })).outcome?.kind).toBe('sent');
    sendByHand('one');
    sendByHand('two');
    // Archived at once, it bears no label: whoever writes our address into From takes nothing of our quota.
    const forged = `From: ${SUPPORT.address}\r\nTo: ${SUPPORT.address}\r\nMessage-ID: <forged@x.example>\r\n\r\nx\r\n`;
    stack.google.account(SUPPORT.address).deliver(forged, { labels: [] });
    for (let round = 0; round < 3; round += 1) await stack.invoke('PollRepliesFunction', {});
    expect(await used('support')).toEqual({ messages: 3, recipients: 7, external: 5 });
    await stack.setProfile({ limits: { messages: 4 } }, 'support');
    expect((await stack.send({ idempotencyKey: 'fourth' })).outcome?.kind).toBe('sent');
    expect((await stack.send({ idempotencyKey: 'fifth' })).outcome).toMatchObject({
      kind: 'held',
      code: 'QUOTA_EXCEEDED',
    });
  });

  it('has limits for recipients, for those of other domains, and for different ones', async () => {
    const send = async (key: string, to: string[]) =>
      (await stack.send({ mailbox: 'sales', idempotencyKey: key, to })).outcome;
    const held = { kind: 'held', code: 'QUOTA_EXCEEDED' };
    await stack.setProfile({ limits: { recipients: 3 } }, 'sales');
    expect((await send('all', [ADA, GRACE]))?.kind).toBe('sent');
    expect(await send('too many', [ADA, GRACE])).toMatchObject(held);
    await stack.setProfile({ limits: { external: 2 } }, 'sales');
    expect(await send('too far', [ADA])).toMatchObject(held);
    expect((await send('near', [SUPPORT.address]))?.kind).toBe('sent');
    await stack.setProfile({ limits: { unique: 4 } }, 'sales');
    expect((await send('fourth', [ADA]))?.kind).toBe('sent');
    expect((await send('again', [ADA]))?.kind).toBe('sent');
    expect(await send('fifth', [SUPPORT.address])).toMatchObject(held);
  });
});
