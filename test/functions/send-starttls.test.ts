// send-mail on the port for STARTTLS (587), with little time: nothing goes out in the clear, and no wait outlives Lambda's.
import { randomUUID } from 'node:crypto';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../local/aws/assembly.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, GRACE, mailsWith, startTestStack, type TestStack } from './stack.ts';

/** Of which the function keeps twelve back to write down how the work ended. */
const TIMEOUT_SECONDS = 15;

describe('send-mail over STARTTLS', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack({ smtpTls: 'starttls', transformTemplate: shortenTimeouts });
    await stack.invoke('RefreshTokensFunction', {});
  });

  beforeEach(async () => {
    stack.google.faults.clear();
    // What the test before left: a hold, and slots of processes that were cut off.
    await stack.passTime();
    expect((await stack.send({ idempotencyKey: randomUUID(), to: GRACE })).outcome?.kind).toBe('sent');
  });

  afterAll(async () => {
    await stack?.stop();
  });

  it('sends', async () => {
    const content = Buffer.from([0, 1, 13, 10, 46, 13, 10, 255]);
    const { outcome } = await stack.send({
      idempotencyKey: 'starttls',
      text: 'by way of 587',
      attachments: [{ filename: 'bytes.bin', content: content.toString('base64') }],
    });
    expect(outcome).toMatchObject({ kind: 'sent', response: expect.stringContaining('250 2.0.0 OK') });
    const [raw = '', ...more] = mailsWith(stack, ADA, 'by way of 587');
    expect(more).toEqual([]);
    const [attachment] = (await PostalMime.parse(Buffer.from(raw, 'latin1'))).attachments;
    expect(Buffer.from(attachment?.content as ArrayBuffer)).toEqual(content);
  });

  it.each([
    ['refuses it', { reply: '502 5.5.1 Unrecognized command. - gsmtp' }],
    ['is busy', { reply: '454 4.7.0 TLS not available due to temporary reason - gsmtp' }],
    ['hangs up', 'cut'],
  ] as const)('neither logs in nor sends where the server %s', async (name, action) => {
    const { counters } = stack.google.account(SUPPORT.address);
    const before = counters.smtpLogins;
    stack.google.faults.smtp({ at: 'STARTTLS', do: action, times: 2 });
    const { outcome } = await stack.send({ idempotencyKey: `tls ${name}`, text: `the server ${name}.` });
    expect(outcome).toMatchObject({
      kind: expect.stringMatching(/^(?:held|queued)$/),
      dueAt: expect.any(Number),
      code: expect.any(String),
    });
    expect(counters.smtpLogins).toBe(before);
    expect(mailsWith(stack, ADA, `the server ${name}.`)).toEqual([]);
  });

  it('ends before its time when a server says nothing more, and knows whether the mail may have gone', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: 'stall' });
    stack.google.faults.smtp({ at: 'after-dot', do: 'stall' });
    const sends = ['stalled-1', 'stalled-2'].map((key) => stack.send({ idempotencyKey: key, text: 'stalled server' }));
    const outcomes = (await Promise.all(sends)).map(({ outcome }) => outcome);
    expect(outcomes.map((outcome) => outcome?.kind).sort()).toEqual(['queued', 'unknown']);
    expect(outcomes.find((outcome) => outcome?.kind === 'queued')?.code).toBe('DEADLINE_EXCEEDED');
    expect(mailsWith(stack, ADA, 'stalled server')).toHaveLength(1);
    expect(stack.google.account(SUPPORT.address).counters.smtpConnections).toBe(0);
  });
});

function shortenTimeouts(template: Template): Template {
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type === 'AWS::Lambda::Function' && Properties.Timeout === 60) Properties.Timeout = TIMEOUT_SECONDS;
  }
  return template;
}
