// Six nodemailer-with-Gmail snippets as they are copied most, each with one statement changed, in processes of their own on
// the local stack: the mail is the one that the snippet meant, and what its callers look at is there.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseSync } from 'oxc-parser';
import PostalMime, { type Email } from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsEnvironment } from '../../local/endpoints.ts';
import { ADA, GRACE, startTestStack, type TestStack } from '../functions/stack.ts';
import { differingLines } from './differing-lines.ts';

const FOLDER = fileURLToPath(new URL('snippets/', import.meta.url));
const SUPPORT = 'support@shop.example';
const run = promisify(execFile);

const source = (file: string): string => readFileSync(`${FOLDER}${file}`, 'utf8');

describe('a snippet that is moved over', () => {
  const files = readdirSync(`${FOLDER}before`);

  it('is there for each that people have', () => {
    expect(readdirSync(`${FOLDER}after`)).toEqual(files);
    expect(files).toHaveLength(6);
  });

  it.each(files)('%s differs in one statement, the transport', (file) => {
    const [before, after] = differingLines(source(`before/${file}`), source(`after/${file}`));
    for (const lines of [before, after]) {
      const { program, errors } = parseSync(file, lines);
      expect(errors).toEqual([]);
      expect(program.body).toHaveLength(1);
      expect(lines).toMatch(/^ *const transporter = nodemailer\.createTransport\(/);
    }
    expect([before.includes('mailroom'), after.includes('mailroomTransport({')]).toEqual([false, true]);
    // What is left of the credentials is the address.
    expect(source(`after/${file}`)).not.toMatch(/PASSWORD|SECRET|TOKEN/);
  });
});

describe('a snippet, one statement changed', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('RefreshTokensFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
  });

  /** What it prints. No password and no token is in its environment. */
  async function node(...args: string[]): Promise<string> {
    const env = {
      ...awsEnvironment(stack.aws),
      GMAIL_USER: SUPPORT,
      SEND_MAIL_FUNCTION: stack.output('SendMailFunction'),
      OUTBOX_URL: stack.output('OutboxUrl'),
      MAIL_BUCKET: stack.output('MailBucket'),
      MESSAGES_TABLE: stack.output('MessagesTable'),
    };
    const { stdout, stderr } = await run(process.execPath, args, { cwd: `${FOLDER}after`, env });
    expect(stderr).toBe('');
    return stdout;
  }

  async function received(subject: string, address = ADA): Promise<Email> {
    const all = await Promise.all(
      stack.google
        .account(address)
        .messages('INBOX')
        .map(({ raw }) => PostalMime.parse(raw)),
    );
    const mails = all.filter((mail) => mail.subject === subject);
    expect(mails).toHaveLength(1);
    return mails[0] as Email;
  }

  it('greets two recipients, and prints what Gmail answered', async () => {
    expect(await node('hello-by-callback.cjs')).toMatch(/^Message sent: 250 2\.0\.0 OK .+gsmtp\n$/);
    for (const address of [ADA, GRACE]) {
      const mail = await received('Hello ✔', address);
      expect(mail).toMatchObject({
        from: { name: 'Shop', address: SUPPORT },
        to: [{ address: ADA }, { address: GRACE }],
        text: 'Hello world?\n',
        html: '<b>Hello world?</b>\n',
        attachments: [],
      });
    }
  });

  it('verifies, sends with a copy and a Reply-To, and has no preview', async () => {
    const printed = await node('async-main.mjs');
    const mail = await received('Your order has shipped 📦');
    expect(printed.trim().split('\n')).toEqual([
      'Server is ready to take our messages',
      `Message sent: ${mail.messageId}`,
      `Accepted: ${ADA} ${GRACE}, rejected: 0`,
      'Preview URL: false',
    ]);
    expect(mail).toMatchObject({
      from: { name: 'Shop', address: SUPPORT },
      to: [{ address: ADA }],
      cc: [{ address: GRACE }],
      replyTo: [{ address: 'orders@shop.example' }],
      text: 'It is on its way to Zürich.\n',
      html: '<p>It is on its way to <b>Zürich</b>.</p>\n',
    });
    expect((await received('Your order has shipped 📦', GRACE)).messageId).toBe(mail.messageId);
  });

  it('keeps its module, its verify by callback, its blind copy and its header', async () => {
    const printed = await node(
      '--input-type=module',
      '-e',
      `const { sendMail } = await import('./oauth2.mjs');
       console.log(JSON.stringify(await sendMail('${ADA}', 'Reset your password', '<a href="https://shop.example">Reset</a>')));`,
    );
    expect(printed).toContain('Ready for messages: true\n');
    const info = JSON.parse(printed.split('\n').find((line) => line.startsWith('{')) ?? '');
    const mail = await received('Reset your password');
    expect(info).toMatchObject({
      messageId: mail.messageId,
      accepted: [ADA, GRACE],
      rejected: [],
      envelope: { from: SUPPORT, to: [ADA, GRACE] },
      response: expect.stringMatching(/^250 /),
    });
    expect(mail.html).toBe('<a href="https://shop.example">Reset</a>\n');
    expect([mail.bcc, mail.cc]).toEqual([undefined, undefined]);
    expect(mail.headers.find(({ key }) => key === 'x-laziness-level')?.value).toBe('1000');
    expect((await received('Reset your password', GRACE)).messageId).toBe(mail.messageId);
  });

  it('answers API Gateway by the callback of its handler', async () => {
    const body = JSON.stringify({ to: ADA, subject: 'From a function', message: 'Line one\nLine two' });
    const printed = await node(
      '-e',
      `require('./lambda-handler.cjs').handler(${JSON.stringify({ body })}, {}, (error, answer) => console.log(JSON.stringify({ error, answer })))`,
    );
    const mail = await received('From a function');
    const { error, answer } = JSON.parse(printed);
    expect([error, answer.statusCode]).toEqual([null, 200]);
    expect(JSON.parse(answer.body)).toEqual({ messageId: mail.messageId, accepted: [ADA] });
    expect([mail.text, mail.html]).toEqual(['Line one\nLine two\n', undefined]);
  });

  it('hands its handler the error where nobody gets the mail', async () => {
    stack.google.faults.smtp({ at: 'RCPT', do: { reply: '550 5.1.1 no such user - gsmtp' } });
    const body = JSON.stringify({ to: ADA, subject: 'Refused', message: 'Hi' });
    const printed = await node(
      '-e',
      `require('./lambda-handler.cjs').handler(${JSON.stringify({ body })}, {}, ({ code, responseCode }) => console.log(code, responseCode))`,
    );
    expect(printed).toBe('EENVELOPE 550\n');
  });

  it('serves the contact form', async () => {
    const visitor = { name: 'Grace Hopper', email: 'grace@elsewhere.example', message: 'Do you ship to Arlington?' };
    const printed = await node('-e', CONTACT, JSON.stringify(visitor));
    expect(printed).toMatch(/^Email sent: 250 .+\n200 Thanks for your message!\n$/);
    const mail = await received('New message from Grace Hopper');
    expect(mail).toMatchObject({
      from: { name: 'Grace Hopper', address: SUPPORT },
      to: [{ address: ADA }],
      replyTo: [{ name: 'Grace Hopper', address: 'grace@elsewhere.example' }],
      text: 'Do you ship to Arlington?\n\n-- \nGrace Hopper <grace@elsewhere.example>\n',
    });
    expect(mail.html).toContain('<li>Email: grace@elsewhere.example</li>');
  });

  it('sends invoices side by side, each with its files', async () => {
    expect(await node('pooled-invoices.mjs')).toBe('sent 2, rejected 0\n');
    const terms = source('terms.txt');
    for (const [name, address, total] of [
      ['Ada', ADA, '12 €'],
      ['Grace', GRACE, '30 €'],
    ] as const) {
      const mail = await received(`Invoice for ${name}`, address);
      expect([mail.to, mail.text]).toEqual([[{ name, address }], undefined]);
      expect(mail.html).toContain(`<p>Dear ${name}, please pay ${total}.</p><img src="cid:pixel">`);
      const files = mail.attachments.map(({ filename, mimeType, content }) => [
        filename,
        mimeType,
        Buffer.from(content as ArrayBuffer).toString(filename === 'pixel.gif' ? 'base64' : 'utf8'),
      ]);
      expect(files.toSorted()).toEqual([
        ['copy.txt', 'text/plain', terms],
        ['invoice.csv', 'text/csv', `item;total\nBooks;${total}\n`],
        ['pixel.gif', 'image/gif', 'R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='],
        ['terms.txt', 'text/plain', terms],
      ]);
      expect(mail.attachments.find(({ filename }) => filename === 'pixel.gif')).toMatchObject({
        disposition: 'inline',
        contentId: '<pixel>',
      });
    }
  });
});

/** A site with the one route; it posts the form itself, as a browser would, and prints what it got. */
const CONTACT = `
  const { createServer } = require('node:http');
  const { json } = require('node:stream/consumers');
  const { postContact } = require('./contact-form.cjs');
  const site = createServer(async (req, res) => {
    req.body = await json(req);
    await postContact(req, res);
  });
  site.listen(0, '127.0.0.1', async () => {
    const url = 'http://127.0.0.1:' + site.address().port + '/contact';
    const answer = await fetch(url, { method: 'POST', body: process.argv[1] });
    console.log(answer.status, await answer.text());
    site.close();
  });
`;
