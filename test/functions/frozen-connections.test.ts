// While a function is frozen its connections end: AWS closes idle ones, Gmail says 421 and hangs up, Lambda takes the
// whole process. The next invocation finds out, and every mail is sent once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, mailsWith, startTestStack, type TestStack, until } from './stack.ts';

describe('after a freeze', () => {
  let stack: TestStack;

  beforeAll(async () => {
    const parameters = { KeepConnections: 'on' };
    stack = await startTestStack({ parameters, google: { smtpIdleMs: 300, imapIdleMs: 300 } });
    await stack.invoke('PollRepliesFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const counters = () => stack.google.account(SUPPORT.address).counters;

  async function sendsOnce(idempotencyKey: string): Promise<void> {
    const { outcome } = await stack.send({ idempotencyKey, text: `mail ${idempotencyKey}.` });
    expect(outcome).toMatchObject({ kind: 'sent' });
    expect(mailsWith(stack, ADA, `mail ${idempotencyKey}.`)).toHaveLength(1);
  }

  it('a mail is sent once although AWS closed every connection', async () => {
    await sendsOnce('before');
    stack.aws.closeIdleConnections();
    await sendsOnce('behind AWS');
    stack.aws.closeIdleConnections();
    expect((await stack.invoke('PollRepliesFunction', {})).outcome).toMatchObject({ failures: [] });
    expect((await stack.invoke('RefreshTokensFunction', {})).outcome).toMatchObject({ failures: [] });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ failures: [] });
  });

  it('a mail is sent once, over a new connection, although Gmail ended the kept one', async () => {
    await sendsOnce('keeps');
    const before = counters().smtpLogins;
    await until('Gmail to hang up', async () => counters().smtpConnections === 0);
    await sendsOnce('behind Gmail');
    expect(counters().smtpLogins).toBe(before + 1);
  });

  it('a mail is sent once although Lambda took the process, with its connection and its token', async () => {
    await sendsOnce('of the old process');
    await stack.aws.recycle(stack.output('SendMailFunction'));
    await sendsOnce('of a new process');
    expect(counters().smtpConnectionsAtMost).toBeLessThanOrEqual(2);
  });
});
