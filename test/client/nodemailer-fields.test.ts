// Every field and every form of content that nodemailer documents either arrives as it was meant or is refused by its name.
// https://nodemailer.com/message and https://nodemailer.com/message/attachments
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import nodemailer, { type SendMailOptions, type Transporter } from 'nodemailer';
import PostalMime, { type Email } from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIELDS } from '../../lib/client/nodemailer-fields.ts';
import { type MailroomSentInfo, mailroomTransport } from '../../lib/client/nodemailer-transport.ts';
import { awsEnvironment } from '../../local/endpoints.ts';
import { ADA, startTestStack, type TestStack } from '../functions/stack.ts';
import { listenLocally } from './listen-locally.ts';

const page = readFileSync(new URL('../../docs/moving-from-nodemailer.md', import.meta.url), 'utf8');
const CREATED = { subject: 'Hi', text: 'Hi', to: ADA } as const;

describe('a mail of nodemailer', () => {
  const before = { ...process.env };
  let stack: TestStack;
  let transporter: Transporter<MailroomSentInfo>;
  let folder: string;
  let site: Server;
  let siteUrl: string;

  beforeAll(async () => {
    stack = await startTestStack();
    Object.assign(process.env, awsEnvironment(stack.aws));
    transporter = createTransporter();
    folder = await mkdtemp(join(tmpdir(), 'mailroom-nodemailer-'));
    await writeFile(join(folder, 'report.pdf'), '%PDF-1.7 of a kind');
    await writeFile(join(folder, 'answer.eml'), 'From: a@b.example\r\n\r\nHi');
    await writeFile(join(folder, 'body.html'), '<p>from a file</p>');
    site = createServer((request, response) => response.end(`for ${request.headers.authorization ?? 'everyone'}`));
    siteUrl = await listenLocally(site);
    await stack.invoke('RefreshTokensFunction', {});
  });

  afterAll(async () => {
    process.env = before;
    site?.close();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function createTransporter(defaults?: SendMailOptions): Transporter<MailroomSentInfo> {
    const transport = mailroomTransport({
      mailbox: 'support',
      sendFunction: stack.output('SendMailFunction'),
      outboxUrl: stack.output('OutboxUrl'),
      bucket: stack.output('MailBucket'),
      messagesTable: stack.output('MessagesTable'),
    });
    return nodemailer.createTransport(transport, defaults);
  }

  async function sendAndRead(options: SendMailOptions, by = transporter): Promise<Email> {
    const { messageId } = await by.sendMail({ ...CREATED, ...options });
    const inbox = stack.google.account(ADA).messages('INBOX');
    const mails = await Promise.all(inbox.map(({ raw }) => PostalMime.parse(raw)));
    const mail = mails.find((candidate) => candidate.messageId === messageId);
    if (mail === undefined) throw new Error('the mail did not arrive');
    return mail;
  }

  const filesOf = ({ attachments }: Email): unknown[] =>
    attachments.map(({ filename, mimeType, disposition, content }) => [
      filename,
      mimeType,
      disposition,
      Buffer.from(content as ArrayBuffer).toString(),
    ]);

  it.each<[string, () => NonNullable<SendMailOptions['attachments']>[number], readonly string[]]>([
    ['a string', () => ({ filename: 'ä.txt', content: 'grüße' }), ['ä.txt', 'text/plain', 'attachment', 'grüße']],
    [
      'bytes',
      () => ({ filename: 'b.bin', content: Buffer.from('b') }),
      ['b.bin', 'application/octet-stream', 'attachment', 'b'],
    ],
    [
      'a file under another name',
      () => ({ filename: 'r.txt', path: join(folder, 'report.pdf') }),
      ['r.txt', 'text/plain', 'attachment', '%PDF-1.7 of a kind'],
    ],
    [
      'a file',
      () => ({ path: join(folder, 'report.pdf') }),
      ['report.pdf', 'application/pdf', 'attachment', '%PDF-1.7 of a kind'],
    ],
    [
      'a saved mail, as a file',
      () => ({ path: join(folder, 'answer.eml') }),
      ['answer.eml', 'application/octet-stream', 'attachment', 'From: a@b.example\r\n\r\nHi'],
    ],
    [
      'a stream',
      () => ({ filename: 's.csv', content: Readable.from([Buffer.from('a;b')]) }),
      ['s.csv', 'text/csv', 'attachment', 'a;b'],
    ],
    [
      'a type of its own',
      () => ({ filename: 't.bin', content: 't', contentType: 'text/plain; charset="UTF-8"; name=t.bin' }),
      ['t.bin', 'text/plain', 'attachment', 't'],
    ],
    ['a URL', () => ({ filename: 'u.txt', href: siteUrl }), ['u.txt', 'text/plain', 'attachment', 'for everyone']],
    [
      'a URL with headers',
      () => ({ filename: 'u.txt', path: siteUrl, href: siteUrl, httpHeaders: { authorization: 'us' } }),
      ['u.txt', 'text/plain', 'attachment', 'for us'],
    ],
    [
      'base64',
      () => ({ filename: 'c.txt', content: 'aGVsbG8=', encoding: 'base64' }),
      ['c.txt', 'text/plain', 'attachment', 'hello'],
    ],
    [
      'hexadecimal',
      () => ({ filename: 'h.txt', content: '68656c6c6f', encoding: 'hex' }),
      ['h.txt', 'text/plain', 'attachment', 'hello'],
    ],
    [
      'UTF-8, said',
      () => ({ filename: 'v.txt', content: 'é', encoding: 'UTF-8' }),
      ['v.txt', 'text/plain', 'attachment', 'é'],
    ],
    [
      'a data URI',
      () => ({ path: 'data:text/plain;base64,SGVsbG8/IC8=' }),
      ['attachment-1.txt', 'text/plain', 'attachment', 'Hello? /'],
    ],
    [
      'no name',
      () => ({ filename: false, content: 'x', contentType: 'text/plain' }),
      ['attachment-1.txt', 'text/plain', 'attachment', 'x'],
    ],
    ['nothing', () => ({ filename: 'empty.txt', content: '' }), ['empty.txt', 'text/plain', 'attachment', '']],
    [
      'a disposition that is so anyway',
      () => ({ filename: 'i.png', content: 'i', cid: 'i@shop', contentDisposition: 'inline' }),
      ['i.png', 'image/png', 'inline', 'i'],
    ],
  ])('attaches %s', async (_form, attachment, file) => {
    const mail = await sendAndRead({ html: '<p>attached</p>', attachments: [attachment()] });
    expect(filesOf(mail)).toEqual([file]);
  });

  it.each<[string, NonNullable<SendMailOptions['attachments']>[number]]>([
    ['raw', { raw: 'Content-Type: text/plain\r\n\r\nHi' }],
    ['headers', { filename: 'a.txt', content: 'a', headers: { 'X-Part': '1' } }],
    ['contentDisposition', { filename: 'a.txt', content: 'a', contentDisposition: 'inline' }],
    ['contentType', { filename: 'a.ics', content: 'a', contentType: 'text/calendar; method=REQUEST' }],
    ['contentType', { filename: 'a.eml', content: 'a', contentType: 'message/rfc822' }],
    ['contentId', { filename: 'a.png', content: 'a', cid: '<a>' }],
  ])('refuses by name an attachment that would be another one: %s', async (field, attachment) => {
    const sending = transporter.sendMail({ ...CREATED, attachments: [attachment] });
    await expect(sending).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      details: { field: `attachments.0.${field}` },
    });
  });

  it.each<[string, SendMailOptions]>([
    ['text', { text: { raw: 'Content-Type: text/plain\r\n\r\nHi' } }],
    ['html', { html: { raw: 'Content-Type: text/html\r\n\r\nHi' } }],
  ])('refuses by name a body of MIME of its own: %s', async (field, options) => {
    const sending = transporter.sendMail({ ...CREATED, ...options });
    await expect(sending).rejects.toMatchObject({ code: 'REQUEST_INVALID', details: { field: `${field}.raw` } });
  });

  it('reads the bodies from where nodemailer may', async () => {
    const bodies = async (options: SendMailOptions) => {
      const { text, html } = await sendAndRead(options);
      return [text, html];
    };
    expect(await bodies({ text: Buffer.from('bytes'), html: { path: join(folder, 'body.html') } })).toEqual([
      'bytes\n',
      '<p>from a file</p>\n',
    ]);
    const html = { content: Buffer.from('<p>coded</p>').toString('base64'), encoding: 'base64' };
    expect(await bodies({ text: Readable.from([Buffer.from('streamed')]), html })).toEqual([
      'streamed\n',
      '<p>coded</p>\n',
    ]);
  });

  it('attaches pictures that stand in the HTML, where that is asked for', async () => {
    const mail = await sendAndRead({ html: '<img src="data:image/gif;base64,R0lGODlhAQ==">', attachDataUrls: true });
    expect(mail.attachments.map(({ mimeType, disposition }) => [mimeType, disposition])).toEqual([
      ['image/gif', 'inline'],
    ]);
    expect(mail.html).toContain(`<img src="cid:${mail.attachments[0]?.contentId?.slice(1, -1)}">`);
  });

  it('takes what the transporter has for every mail', async () => {
    const defaults = { from: 'Orders <support@shop.example>', headers: { 'X-Laziness-level': '1000' } };
    const mail = await sendAndRead({ headers: { 'X-Number': 7 } as never }, createTransporter(defaults));
    const of = (name: string) => mail.headers.find(({ key }) => key === name)?.value;
    expect([mail.from?.name, of('x-laziness-level'), of('x-number')]).toEqual(['Orders', '1000', '7']);
  });

  it('leaves the options as they are, for the next mail', async () => {
    const options = () => ({
      ...CREATED,
      attachments: [{ path: join(folder, 'report.pdf') }, { filename: 'a.txt', content: 'YQ==', encoding: 'base64' }],
    });
    const given = options();
    const [first, second] = [await sendAndRead(given), await sendAndRead(given)];
    expect(given).toEqual(options());
    expect(filesOf(second)).toEqual(filesOf(first));
  });

  it('sends what is fed by the event of an idle pool', async () => {
    const messages = Array.from({ length: 5 }, (_, i) => ({ ...CREATED, subject: `Fed ${i}` }));
    const pool = createTransporter();
    const sent: Promise<MailroomSentInfo>[] = [];
    const begun: number[] = [];
    await new Promise<void>((resolve) => {
      pool.on('idle', () => {
        while (pool.isIdle() && messages.length > 0) sent.push(pool.sendMail(messages.shift() ?? CREATED));
        begun.push(sent.length);
        if (messages.length === 0) resolve();
      });
    });
    // A mailbox has three connections; the next begins when one of them is done.
    expect(begun.slice(0, 2)).toEqual([3, 4]);
    expect((await Promise.all(sent)).map(({ outcome }) => outcome.kind)).toEqual(Array(5).fill('sent'));
    pool.close();
  });

  const refused = Object.entries(FIELDS).flatMap(([field, treatment]) => (treatment === 'refused' ? [field] : []));

  it.each(refused)('refuses %s by name, before it connects', async (field) => {
    const commands = stack.google.smtpCommands;
    const sending = transporter.sendMail({ ...CREATED, [field]: exampleOf(field) });
    await expect(sending).rejects.toMatchObject({ code: 'REQUEST_INVALID', details: { field } });
    expect(stack.google.smtpCommands).toBe(commands);
  });

  it('documents what is refused and what is not used', () => {
    for (const [field, treatment] of Object.entries(FIELDS)) {
      if (treatment !== 'used' && !field.startsWith('_')) expect(page).toContain(`\`${field}\``);
    }
  });
});

/** What nodemailer itself takes for the field. */
function exampleOf(field: string): unknown {
  if (field === 'otp') return { code: '1234', origin: 'https://shop.example' };
  if (field === 'alternatives') return [{ contentType: 'text/x-web-markdown', content: '**Hi**' }];
  if (field === 'list') return { unsubscribe: 'https://shop.example' };
  if (field === 'sender') return 'support@shop.example';
  if (field === 'envelope') return { from: 'a@b.example', to: ADA };
  if (field === 'dkim') return { domainName: 'shop.example', keySelector: 'a', privateKey: 'none' };
  return ['auth', '_dkim', 'dsn', 'icalEvent'].includes(field) ? { content: 'x' } : 'x';
}
