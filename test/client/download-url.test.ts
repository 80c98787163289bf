// Download URLs: they give the bytes, to anyone, for a while, and no browser shows what a customer sent.
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentDisposition } from '../../lib/client/download-url.ts';
import { type Attachment, createMailroom, type Mailroom } from '../../lib/client/mailroom.ts';
import { startQueuesAndObjects } from '../../local/aws/queues-and-objects.ts';

const ACCESS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' };
const PLAN: Attachment = { filename: 'plan.pdf', contentType: 'application/pdf', bytes: 3, key: 'raw/support/1/plan' };

describe('a download URL', () => {
  const before = { ...process.env };
  let objects: Awaited<ReturnType<typeof startQueuesAndObjects>>;
  let mailroom: Mailroom;
  let s3: S3Client;

  beforeAll(async () => {
    objects = await startQueuesAndObjects();
    Object.assign(process.env, ACCESS, { AWS_ENDPOINT_URL_S3: objects.url });
    s3 = new S3Client({});
    await s3.send(new CreateBucketCommand({ Bucket: 'mail' }));
    mailroom = createMailroom({
      mailbox: 'support',
      sendFunction: '',
      outboxUrl: '',
      bucket: 'mail',
      messagesTable: '',
    });
  });

  afterAll(async () => {
    process.env = before;
    s3?.destroy();
    await objects?.close();
  });

  const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: 'mail', Key, Body }));
  const parameters = async (url: Promise<string>) => Object.fromEntries(new URL(await url).searchParams);

  it('gives the mail as it came to whoever has it', async () => {
    await put('raw/support/1.eml', 'Subject: Hi\r\n');
    const url = await mailroom.rawMailUrl({ raw: { bucket: 'mail', key: 'raw/support/1.eml' } });
    expect(await (await fetch(url)).text()).toBe('Subject: Hi\r\n');
    expect(await parameters(Promise.resolve(url))).toMatchObject({
      'response-content-disposition': 'attachment; filename="mail.eml"; filename*=UTF-8\'\'mail.eml',
      'response-content-type': 'application/octet-stream',
      'X-Amz-Expires': '900',
    });
  });

  it('waits for a mail that is still being stored', async () => {
    const url = mailroom.rawMailUrl({ raw: { bucket: 'mail', key: 'raw/support/late.eml', pending: true } });
    await put('raw/support/late.eml', 'late');
    expect(await (await fetch(await url)).text()).toBe('late');
  });

  it('gives an attachment under its name, with its type', async () => {
    await put('raw/support/1/plan', 'PDF');
    const url = mailroom.attachmentUrl(PLAN, { expiresInSeconds: 60 });
    expect(await (await fetch(await url)).text()).toBe('PDF');
    expect(await parameters(url)).toMatchObject({
      'response-content-disposition': 'attachment; filename="plan.pdf"; filename*=UTF-8\'\'plan.pdf',
      'response-content-type': 'application/pdf',
      'X-Amz-Expires': '60',
    });
  });

  it.each([
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml',
    'text/xml',
    'message/rfc822',
    'x',
    '',
    'text/html;x',
  ])('never says that its bytes are %s', async (contentType) => {
    expect(await parameters(mailroom.attachmentUrl({ ...PLAN, contentType }))).toMatchObject({
      'response-content-type': 'application/octet-stream',
    });
  });

  it('is refused for an attachment that lies in the raw mail only, and for a time that cannot be signed', async () => {
    const { key: _key, ...withoutKey } = PLAN;
    await expect(mailroom.attachmentUrl(withoutKey)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      details: { field: 'key' },
    });
    for (const expiresInSeconds of [0, -1, 1.5, 604_801, Number.NaN]) {
      await expect(mailroom.attachmentUrl(PLAN, { expiresInSeconds })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      });
    }
  });
});

describe('the name under which a file is saved', () => {
  it.each([
    ['Plan für 2027.pdf', 'Plan f_r 2027.pdf', 'Plan%20f%C3%BCr%202027.pdf'],
    ['../../etc/passwd', '_.._etc_passwd', '_.._etc_passwd'],
    ['C:\\boot.ini', 'C__boot.ini', 'C__boot.ini'],
    ['.htaccess', 'htaccess', 'htaccess'],
    ['a"; filename=evil.exe', 'a_; filename=evil.exe', 'a_%3B%20filename%3Devil.exe'],
    ['a\r\nSet-Cookie: x', 'a__Set-Cookie_ x', 'a__Set-Cookie_%20x'],
    ['invoice\u202Efdp.exe', 'invoice_fdp.exe', 'invoice_fdp.exe'],
    ["it's 100%.txt", "it's 100_.txt", 'it%27s%20100%25.txt'],
    ['', 'attachment', 'attachment'],
    [' . ', 'attachment', 'attachment'],
    [
      `${'x'.repeat(300)}.docx`,
      `${'x'.repeat(100)}_${'x'.repeat(15)}.docx`,
      `${'x'.repeat(100)}_${'x'.repeat(15)}.docx`,
    ],
  ])('of %j is %j', (filename, ascii, encoded) => {
    expect(contentDisposition(filename)).toBe(`attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`);
  });

  it('is one header, one parameter and no path, whatever a mail calls its attachment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (filename) => {
        const header = contentDisposition(filename);
        const [, ascii = '', encoded = ''] =
          /^attachment; filename="([^"\\%\u0000-\u001f\u007f-\uffff]+)"; filename\*=UTF-8''([\w.~%-]+)$/.exec(header) ??
          [];
        expect(ascii).not.toBe('');
        expect(decodeURIComponent(encoded)).not.toMatch(/[/\\\p{Cc}\p{Cf}]|^\./u);
        expect([...decodeURIComponent(encoded)].length).toBeLessThanOrEqual(150);
      }),
      { numRuns: 1_000 },
    );
  });
});
