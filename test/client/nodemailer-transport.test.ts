// `sendMail` through Mailroom: what callers of nodemailer give is what arrives, and what they look at in the answer is true.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import nodemailer, { type Transporter } from 'nodemailer';
import PostalMime, { type Email } from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MailroomMailOptions,
  type MailroomSentInfo,
  mailroomTransport,
} from '../../lib/client/nodemailer-transport.ts';
import { awsEnvironment } from '../../local/endpoints.ts';
import { ADA, GRACE, mailsWith, startTestStack, type TestStack } from '../functions/stack.ts';

const SUPPORT = 'support@shop.example';

describe('nodemailer through Mailroom', () => {
  let stack: TestStack;
  let transporter: Transporter<MailroomSentInfo>;
  let folder: string;
  const before = { ...process.env };

  beforeAll(async () => {
    stack = await startTestStack();
    Object.assign(process.env, awsEnvironment(stack.aws));
    folder = await mkdtemp(join(tmpdir(), 'mailroom-nodemailer-'));
    await writeFile(join(folder, 'license.txt'), 'MIT\n');
    transporter = nodemailer.createTransport(
      mailroomTransport({
        mailbox: 'support',
        sendFunction: stack.output('SendMailFunction'),
        outboxUrl: stack.output('OutboxUrl'),
        bucket: stack.output('MailBucket'),
        messagesTable: stack.output('MessagesTable'),
      }),
    );
    await stack.invoke('RefreshTokensFunction', {});
  });

  afterAll(async () => {
    process.env = before;
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const received = async (text: string, address = ADA): Promise<Email> => {
    const [raw = ''] = mailsWith(stack, address, text);
    return PostalMime.parse(Buffer.from(raw, 'latin1'));
  };

  it('answers as a transport of SMTP does, with the Message-ID that the recipient sees', async () => {
    const info = await transporter.sendMail({
      from: '"Shop" <support@shop.example>',
      to: ADA,
      subject: 'Hello ✔',
      text: 'Hello world?',
      html: '<b>Hello world?</b>',
    });
    expect(info).toMatchObject({
      envelope: { from: SUPPORT, to: [ADA] },
      accepted: [ADA],
      rejected: [],
      response: expect.stringMatching(/^250 /),
      outcome: { kind: 'sent' },
    });
    const mail = await received('Hello world?');
    expect(mail).toMatchObject({
      messageId: info.messageId,
      subject: 'Hello ✔',
      from: { name: 'Shop', address: SUPPORT },
    });
    expect(mail.html).toContain('<b>Hello world?</b>');
  });

  it('takes a callback too, and says that it is ready', async () => {
    const info = await new Promise<MailroomSentInfo>((resolve, reject) => {
      transporter.sendMail({ to: ADA, subject: 'Hi', text: 'by callback' }, (error, sent) =>
        error ? reject(error) : resolve(sent),
      );
    });
    expect(info.accepted).toEqual([ADA]);
    expect(await transporter.verify()).toBe(true);
    const ready = await new Promise((resolve, reject) => {
      transporter.verify((error, isReady) => (error ? reject(error) : resolve(isReady)));
    });
    expect(ready).toBe(true);
  });

  it('takes addresses in every form that nodemailer documents', async () => {
    const info = await transporter.sendMail({
      to: ['"Lovelace, Ada" <ada@customer.example>', { name: 'Grace', address: GRACE }],
      cc: 'Team: ada@customer.example;',
      bcc: [GRACE],
      replyTo: 'Orders <orders@shop.example>',
      subject: 'Addresses',
      text: 'to all of you',
    });
    expect(info.accepted.toSorted()).toEqual([ADA, GRACE]);
    const mail = await received('to all of you');
    expect(mail.to).toEqual([
      { name: 'Lovelace, Ada', address: ADA },
      { name: 'Grace', address: GRACE },
    ]);
    expect([mail.replyTo, mail.bcc]).toEqual([[{ name: 'Orders', address: 'orders@shop.example' }], undefined]);
  });

  it('attaches what nodemailer reads: text, bytes, files, streams, data URIs, encoded and embedded', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 46]);
    await transporter.sendMail({
      to: ADA,
      subject: 'Attachments',
      html: 'attached: <img src="cid:logo@shop.example">',
      attachments: [
        { filename: 'text1.txt', content: 'hello world!' },
        { filename: 'bytes.bin', content: bytes },
        { path: join(folder, 'license.txt') },
        { filename: 'stream.txt', content: Readable.from([Buffer.from('streamed')]) },
        { filename: 'type.bin', content: 'hello', contentType: 'text/plain' },
        { path: 'data:text/plain;base64,aGVsbG8gd29ybGQ=' },
        { filename: 'coded.txt', content: 'aGVsbG8=', encoding: 'base64' },
        { filename: 'logo.png', content: bytes, cid: 'logo@shop.example' },
      ],
    });
    const { attachments } = await received('attached: ');
    const contents = attachments.map(({ filename, content }) => [
      filename,
      Buffer.from(content as ArrayBuffer).toString('latin1'),
    ]);
    const raw = bytes.toString('latin1');
    expect(contents.toSorted()).toEqual(
      [
        ['text1.txt', 'hello world!'],
        ['bytes.bin', raw],
        ['license.txt', 'MIT\n'],
        ['stream.txt', 'streamed'],
        ['type.bin', 'hello'],
        [expect.stringMatching(/^attachment-6/), 'hello world'],
        ['coded.txt', 'hello'],
        ['logo.png', raw],
      ].toSorted(),
    );
    expect(attachments.find(({ filename }) => filename === 'logo.png')?.contentId).toBe('<logo@shop.example>');
  });

  it('writes headers, priority and the thread', async () => {
    const first = await transporter.sendMail({ to: ADA, subject: 'Thread', text: 'first of thread' });
    await transporter.sendMail({
      to: ADA,
      subject: 'Re: Thread',
      text: 'second of thread',
      inReplyTo: first.messageId,
      references: first.messageId,
      priority: 'high',
      headers: { 'X-Order': '4711', 'X-Prepared': { prepared: true, value: 'as it is' } },
    });
    const { headers, inReplyTo } = await received('second of thread');
    const of = (name: string) => headers.find(({ key }) => key === name)?.value;
    expect([of('x-order'), of('x-prepared'), of('importance'), inReplyTo]).toEqual([
      '4711',
      'as it is',
      'High',
      first.messageId,
    ]);
  });

  it('sends once under a key, and hands the context on', async () => {
    const mail: MailroomMailOptions = {
      to: ADA,
      subject: 'Once',
      text: 'once under its key',
      mailroom: { idempotencyKey: 'nodemailer-1', context: { order: 1 } },
    };
    const [first, second] = [await transporter.sendMail(mail), await transporter.sendMail(mail)];
    expect(second).toMatchObject({ messageId: first.messageId, accepted: [ADA], outcome: { kind: 'replayed' } });
    expect(mailsWith(stack, ADA, 'once under its key')).toHaveLength(1);
    expect(JSON.parse(String((await stack.item('nodemailer-1'))?.context))).toEqual({ order: 1 });
  });

  it('says which recipients were refused, as nodemailer does', async () => {
    stack.google.faults.smtp({ at: 'RCPT', do: { reply: '550 5.1.1 no such user - gsmtp' } });
    const info = await transporter.sendMail({ to: [ADA, GRACE], subject: 'Hi', text: 'one of two' });
    expect(info).toMatchObject({
      accepted: [GRACE],
      rejected: [ADA],
      rejectedErrors: [{ code: 'EENVELOPE', responseCode: 550, recipient: ADA, mailroomCode: 'RECIPIENT_REFUSED' }],
    });
  });

  it('fails as nodemailer does where nobody takes it', async () => {
    stack.google.faults.smtp({ at: 'RCPT', do: { reply: '550 5.1.1 no such user - gsmtp' } });
    const sending = transporter.sendMail({ to: ADA, subject: 'Hi', text: 'nobody' });
    await expect(sending).rejects.toMatchObject({
      name: 'MailroomSendError',
      code: 'EENVELOPE',
      responseCode: 550,
      response: expect.stringMatching(/^550 5\.1\.1/),
      mailroomCode: 'RECIPIENT_REFUSED',
    });
  });

  it('counts as accepted what waits because Gmail asks for time, and says so', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '421 4.7.0 Try again later - gsmtp' } });
    const info = await transporter.sendMail({ to: ADA, subject: 'Hi', text: 'later' });
    expect(info.accepted).toEqual([ADA]);
    expect(['queued', 'held']).toContain(info.outcome.kind);
    expect(info.response).toBe(`250 2.0.0 Mailroom: ${info.outcome.kind}`);
    await stack.passTime();
  });

  it.each([
    ['headers.X-Two', { headers: { 'X-Two': ['a', 'b'] } }],
    ['mailroom.key', { mailroom: { key: 'a' } }],
    ['to', { to: 'nobody' }],
  ])('refuses by name what it cannot send: %s', async (field, options) => {
    const commands = stack.google.smtpCommands;
    const sending = transporter.sendMail({ to: ADA, subject: 'Hi', text: 'Hi', ...options });
    await expect(sending).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      details: { field: expect.stringContaining(field) },
    });
    expect(stack.google.smtpCommands).toBe(commands);
  });
});
