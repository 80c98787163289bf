// Calling a message off: it is either cancelled or sent, and the answer says which.
import { HeadObjectCommand, NotFound } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADA, mailsWith, startTestStack, type TestStack, until } from './stack.ts';

const DAY = 86_400_000;

describe('a message that is called off', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('RefreshTokensFunction', {});
  });

  beforeEach(() => {
    stack.google.faults.clear();
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const cancel = (idempotencyKey: string) =>
    stack.invoke('SendMailFunction', { version: 1, mailbox: 'support', idempotencyKey, cancel: true });

  it('while it waits is never sent, however often it is asked for', async () => {
    const mail = { idempotencyKey: 'later', text: 'called off: later.', sendAt: Date.now() + DAY };
    const { outcome: scheduled } = await stack.send(mail);
    const cancelled = { kind: 'cancelled', messageId: scheduled?.messageId };
    expect((await cancel('later')).outcome).toEqual(cancelled);
    expect((await cancel('later')).outcome).toEqual(cancelled);
    expect((await stack.send(mail)).outcome).toMatchObject({ kind: 'replayed', saved: cancelled });
    expect((await stack.drain([mail])).outcome).toEqual({ batchItemFailures: [] });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 0 });
    expect(mailsWith(stack, ADA, mail.text)).toEqual([]);
    expect(await stack.item('later')).not.toHaveProperty('requestJson');
    expect(await stack.receive('OutboxDeadUrl')).toEqual([]);
  });

  it('takes its request out of the bucket', async () => {
    await stack.send({ idempotencyKey: 'large', text: 'large. '.repeat(30_000), sendAt: Date.now() + DAY });
    const object = { Bucket: stack.output('MailBucket'), Key: String((await stack.item('large'))?.requestObject) };
    await stack.s3.send(new HeadObjectCommand(object));
    expect((await cancel('large')).outcome?.kind).toBe('cancelled');
    await expect(stack.s3.send(new HeadObjectCommand(object))).rejects.toBeInstanceOf(NotFound);
  });

  it('on its way to the outbox is not sent from there', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '451 4.3.0 Temporary System Problem. - gsmtp' } });
    await stack.send({ idempotencyKey: 'released', text: 'called off: released.' });
    await stack.aws.pauseMappings();
    await stack.change('released', { dueAt: Date.now() });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 1 });
    expect((await cancel('released')).outcome?.kind).toBe('cancelled');
    stack.aws.resumeMappings();
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'called off: released.')).toEqual([]);
    expect((await stack.item('released'))?.state).toBe('cancelled');
  });

  it('too late is sent, and the answer says so', async () => {
    const { outcome } = await stack.send({ idempotencyKey: 'sent' });
    expect((await cancel('sent')).outcome).toMatchObject({ kind: 'replayed', saved: outcome });
  });

  it('while it is in work goes on, and the answer says so', async () => {
    stack.google.faults.smtp({ at: 'AUTH', do: 'stall' });
    const sending = stack.send({ idempotencyKey: 'in work', text: 'called off: in work.' });
    await until('it to be claimed', () => stack.item('in work'));
    expect((await cancel('in work')).outcome).toMatchObject({ kind: 'queued', dueAt: expect.any(Number) });
    stack.aws.killFunction(stack.output('SendMailFunction'));
    await sending;
  });

  it('before anyone has taken it up is an error that says what to do', async () => {
    expect(await cancel('nobody knows it')).toMatchObject({ errorType: 'REQUEST_MISSING' });
    expect(await stack.invoke('SendMailFunction', { version: 1, mailbox: 'support', cancel: true })).toMatchObject({
      errorType: 'REQUEST_INVALID',
      errorMessage: expect.stringContaining('idempotencyKey'),
    });
  });
});
