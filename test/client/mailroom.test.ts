// lib/client against the local stack, which it finds as a service finds AWS: by its environment.
import { createHash, randomBytes } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMailroom, MailError, type Mailroom, parseReply } from '../../lib/client/mailroom.ts';
import { awsEnvironment } from '../../local/endpoints.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, GRACE, mailsWith, startTestStack, type TestStack, until } from '../functions/stack.ts';
import { REPLY } from './reply-fixture.ts';

describe('the client', () => {
  let stack: TestStack;
  let mailroom: Mailroom;
  const before = { ...process.env };

  beforeAll(async () => {
    stack = await startTestStack();
    Object.assign(process.env, awsEnvironment(stack.aws));
    mailroom = createMailroom({
      mailbox: 'support',
      sendFunction: stack.output('SendMailFunction'),
      outboxUrl: stack.output('OutboxUrl'),
      bucket: stack.output('MailBucket'),
      messagesTable: stack.output('MessagesTable'),
    });
    await stack.invoke('PollRepliesFunction', {});
  });

  afterAll(async () => {
    process.env = before;
    await stack?.stop();
  });

  it('sends with a key of its own making, and answers it', async () => {
    const outcome = await mailroom.send({ to: ADA, subject: 'Hi', text: 'made by the client' });
    expect(outcome).toMatchObject({ kind: 'sent', idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await mailroom.status(outcome.idempotencyKey)).toMatchObject({
      state: 'sent',
      attempt: 1,
      outcome: { kind: 'sent' },
    });
  });

  it('replays a request under the same key', async () => {
    const mail = { idempotencyKey: 'again', to: ADA, subject: 'Hi', text: 'sent again' };
    const first = await mailroom.send(mail);
    expect(await mailroom.send(mail)).toMatchObject({ kind: 'replayed', messageId: first.messageId });
    expect(mailsWith(stack, ADA, 'sent again')).toHaveLength(1);
  });

  it('queues a mail once, however often it is put, and tells when it was sent', async () => {
    const mail = { idempotencyKey: 'queued', to: ADA, subject: 'Hi', text: 'queued once' };
    expect(await mailroom.status('queued')).toBeUndefined();
    await Promise.all([mailroom.enqueue(mail), mailroom.enqueue(mail)]);
    await until('it to be sent', async () => (await mailroom.status('queued'))?.state === 'sent');
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'queued once')).toHaveLength(1);
  });

  it('queues characters that no queue takes', async () => {
    await mailroom.enqueue({ idempotencyKey: 'odd', to: ADA, subject: 'Hi', text: 'odd \ufffe and \uffff' });
    await until('it to be sent', async () => (await mailroom.status('odd'))?.state === 'sent');
  });

  it('refuses a bad request before any call, by the name of its field', async () => {
    const sending = mailroom.send({ to: 'nobody', subject: 'Hi', text: 'x' });
    await expect(sending).rejects.toMatchObject({
      name: 'REQUEST_INVALID',
      code: 'REQUEST_INVALID',
      details: { field: 'to' },
    });
  });

  it('turns an error of the function into a MailError with its code', async () => {
    const mail = { idempotencyKey: 'mismatch', to: ADA, subject: 'Hi' };
    await mailroom.send({ ...mail, text: 'one' });
    const error = await mailroom.send({ ...mail, text: 'other' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MailError);
    expect(error).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH', details: { idempotencyKey: 'mismatch' } });
  });

  it('says SEND_INTERRUPTED when the function dies, and a repeat never sends twice', async () => {
    stack.google.faults.smtp({ at: 'after-dot', do: 'stall' });
    const mail = { idempotencyKey: 'dies', to: ADA, subject: 'Hi', text: 'the function dies' };
    const sending = mailroom.send(mail).catch((thrown: unknown) => thrown);
    await until('the mail', async () => mailsWith(stack, ADA, 'the function dies').length === 1);
    stack.aws.killFunction(stack.output('SendMailFunction'));
    expect(await sending).toMatchObject({ code: 'SEND_INTERRUPTED', details: { idempotencyKey: 'dies' } });
    expect((await mailroom.send(mail)).kind).toBe('queued');
    expect(mailsWith(stack, ADA, 'the function dies')).toHaveLength(1);
  });

  it.each(['send', 'enqueue'] as const)(
    '%s carries a 20 MB attachment through the bucket, byte for byte',
    async (way) => {
      const content = randomBytes(20 * 1024 * 1024);
      const attachments = [{ filename: 'big.bin', content: content.toString('base64') }];
      const mail = {
        idempotencyKey: `big-${way}`,
        to: ADA,
        subject: `big by ${way}`,
        text: 'see attachment',
        attachments,
      };
      await mailroom[way](mail);
      await until('it to be sent', async () => (await mailroom.status(mail.idempotencyKey))?.state === 'sent');
      const arrived = stack.google
        .account(ADA)
        .messages('INBOX')
        .find(({ raw }) => raw.includes(`big by ${way}`));
      const [attachment] = (await PostalMime.parse(arrived?.raw ?? '')).attachments;
      expect(hash(attachment?.content)).toBe(hash(content));
      expect(await mailroom[way](mail)).toMatchObject({ idempotencyKey: `big-${way}` });
    },
    60_000,
  );

  it('answers a reply in its thread, once, however often the event is delivered', async () => {
    const { messageId } = await mailroom.send({ to: ADA, subject: 'Question', text: 'a question', context: { id: 5 } });
    const headers = `From: ${ADA}\r\nTo: ${SUPPORT.address}\r\nSubject: Re: Question\r\nMessage-ID: <r@customer.example>`;
    stack.google
      .account(SUPPORT.address)
      .deliver(`${headers}\r\nIn-Reply-To: ${messageId}\r\nReferences: ${messageId}\r\n\r\nAn answer\r\n`);
    await stack.invoke('PollRepliesFunction', {});
    const [record] = await stack.receive('RepliesUrl');
    const reply = parseReply(record ?? {});
    expect(parseReply({ body: record?.Body ?? '' })).toEqual(reply);
    expect(reply.answers.context).toEqual({ id: 5 });
    const one = await mailroom.answer(reply, { text: 'thanks for the answer' });
    const other = await mailroom.answer(reply, { text: 'thanks for the answer' });
    expect(other).toEqual(one);
    await until('the answer', async () => mailsWith(stack, ADA, 'thanks for the answer').length > 0);
    await stack.aws.idle();
    const [answer, ...more] = mailsWith(stack, ADA, 'thanks for the answer');
    expect(more).toEqual([]);
    expect(answer).toContain('Subject: Re: Question\r\n');
    expect(answer).toContain('In-Reply-To: <r@customer.example>\r\n');
    expect(answer).toMatch(new RegExp(`References: ${messageId}\\s+<r@customer\\.example>\r\n`));
  });

  it('refuses an automatic answer to what a program wrote, and puts nothing on the outbox', async () => {
    const answering = mailroom.answer({ ...REPLY, kind: 'auto-reply' }, { text: 'robots talking', automatic: true });
    await expect(answering).rejects.toMatchObject({ code: 'ANSWER_REFUSED', details: { kind: 'auto-reply' } });
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'robots talking')).toEqual([]);
  });

  it('goes where the reply wants answers', async () => {
    const replyTo = [{ address: GRACE }];
    await mailroom.answer({ ...REPLY, id: 'support/reply-to', replyTo }, { text: 'to the desk', automatic: true });
    await until('the answer', async () => mailsWith(stack, GRACE, 'to the desk').length === 1);
    expect(mailsWith(stack, GRACE, 'to the desk')[0]).toContain('Auto-Submitted: auto-replied\r\n');
    expect(mailsWith(stack, ADA, 'to the desk')).toEqual([]);
  });

  it('reads the mail behind a reply, and waits for one that is still being stored', async () => {
    const place = { Bucket: stack.output('MailBucket'), Key: 'raw/support/late.eml' };
    const raw = { bucket: place.Bucket, key: place.Key, pending: true };
    const reading = mailroom.rawMail({ raw });
    await stack.s3.send(new PutObjectCommand({ ...place, Body: 'Subject: late\r\n' }));
    expect(Buffer.from(await reading).toString()).toBe('Subject: late\r\n');
    const gone = { raw: { bucket: place.Bucket, key: 'raw/support/gone.eml' } };
    await expect(mailroom.rawMail(gone)).rejects.toMatchObject({ code: 'RAW_MISSING' });
  });

  it.each([
    ['(whole)', '{no json'],
    ['version', '{"version":2}'],
  ])('refuses a record that is no reply event: %s', (field, body) => {
    expect(() => parseReply({ body })).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', details: { field } }));
    expect(() => parseReply({})).toThrow(expect.objectContaining({ details: { field: 'body' } }));
  });
});

function hash(content: ArrayBuffer | Uint8Array | string | undefined): string {
  const bytes = content instanceof ArrayBuffer ? new Uint8Array(content) : (content ?? '');
  return createHash('sha256').update(bytes).digest('hex');
}
