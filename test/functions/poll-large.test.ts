// Replies too large to be held in memory: the event has their text at once, the bucket has all of them soon after.
import { randomUUID } from 'node:crypto';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReply, type ReplyEvent } from '../../lib/client/mailroom.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { type CallsProxy, startCallsProxy } from './calls-proxy.ts';
import { ADA, startTestStack, type TestStack } from './stack.ts';

/** Gmail's POP3 wants to be left alone as long (LOGIN-DELAY). */
const POP3_PAUSE_MS = 301_000;

describe('a large reply', () => {
  let stack: TestStack;
  let s3: CallsProxy;
  let question: string;

  beforeAll(async () => {
    s3 = await startCallsProxy();
    stack = await startTestStack({ processEnvironment: { AWS_ENDPOINT_URL_S3: s3.url } });
    s3.target = stack.aws.endpoints.s3;
    await stack.invoke('PollRepliesFunction', {});
    question = String((await stack.send({ idempotencyKey: 'question' })).outcome?.messageId);
  });

  afterAll(async () => {
    await stack?.stop();
    await s3?.close();
  });

  it('has its text and its list of attachments in the event, and every byte in the bucket', async () => {
    const { raw, event } = await receive('multipart/mixed; boundary=m', [
      '--m\r\nContent-Type: multipart/alternative; boundary=a\r\n',
      '--a\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n',
      'Sch=F6n, danke!\r\n\r\n> Hello Ada',
      '--a\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n',
      Buffer.from('<p>Schön, danke!</p>').toString('base64'),
      '--a--',
      '--m\r\nContent-Type: application/pdf; name="plan.pdf"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n',
      base64(7_000_000),
      '--m\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=notes.txt\r\n',
      'these are no words of the customer',
      '--m--',
    ]);
    expect(event).toMatchObject({ text: 'Schön, danke!', html: '<p>Schön, danke!</p>', truncated: false });
    expect(event.attachments).toMatchObject([
      { filename: 'plan.pdf', contentType: 'application/pdf' },
      { filename: 'notes.txt', contentType: 'text/plain', bytes: 34 },
    ]);
    const [plan, notes] = await Promise.all(event.attachments.map(({ key }) => object(event, key)));
    expect(plan?.equals(Buffer.alloc(7_000_000, 'Mailroom'))).toBe(true);
    expect(notes?.toString()).toContain('these are no words of the customer');
    expect(Math.abs((event.attachments[0]?.bytes ?? 0) - 7_000_000)).toBeLessThan(57);
    expect(event.raw.pending).toBe(true);
    expect(event.subject).toBe('Grüße');
    expect((await stored(event)).equals(raw)).toBe(true);
  });

  it('has its text wherever in the mail it stands, and however long it is', async () => {
    const longText = `Yes. ${'word '.repeat(40_000)}end`;
    const { event } = await receive('multipart/mixed; boundary=m', [
      '--m\r\nContent-Type: application/pdf; name="plan.pdf"\r\nContent-Transfer-Encoding: base64\r\n',
      base64(600_000),
      `--m\r\nContent-Type: text/plain\r\n\r\n${longText}`,
      '--m\r\nContent-Type: multipart/related; boundary=r\r\n',
      '--r\r\nContent-Type: text/html\r\n\r\n<p>Yes.</p>',
      '--r--',
      '--m--',
    ]);
    expect(event.attachments).toMatchObject([{ filename: 'plan.pdf' }]);
    expect(event).toMatchObject({ html: '<p>Yes.</p>\n' });
    expect((event.fullText ?? event.text).trim()).toBe(longText);
  });

  it('that is one long text has its beginning in the event', async () => {
    const { raw, event } = await receive('text/plain; charset=utf-8', [`start ${'word '.repeat(300_000)}end`]);
    expect(event).toMatchObject({ truncated: true, attachments: [] });
    expect(event.fullText ?? event.text).toMatch(/^start word/);
    expect((await stored(event)).equals(raw)).toBe(true);
  });

  it('without any text is an event of its attachment', async () => {
    const { raw, event } = await receive('image/png; name=photo.png', [base64(600_000)], {
      'Content-Transfer-Encoding': 'base64',
    });
    expect(event).toMatchObject({ text: '', attachments: [{ filename: 'photo.png', contentType: 'image/png' }] });
    expect((await stored(event)).equals(raw)).toBe(true);
  });

  it.each(['imap', 'pop3'])(
    'whose copy fails is copied by the next poll by %s, and its event is the same',
    async (protocol) => {
      await stack.setProfile({ protocol });
      await poll();
      await stack.passReadingTime(POP3_PAUSE_MS);
      let calls = 0;
      s3.onCall = () => {
        calls += 1;
        return calls > 1 ? 'drop' : 'pass';
      };
      deliver('application/pdf', [base64(6_000_000)], { 'Content-Transfer-Encoding': 'base64' });
      expect((await poll()).outcome).toMatchObject({
        failures: [{ mailbox: 'support' }],
      });
      const [first] = await events();
      s3.onCall = () => 'pass';
      await stack.passReadingTime(POP3_PAUSE_MS);
      expect((await poll()).outcome).toMatchObject({
        routed: 0,
        copied: 1,
        failures: [],
      });
      expect((await stored(first)).length).toBeGreaterThan(8_000_000);
      expect(await events()).toEqual([]);
      await stack.passReadingTime(POP3_PAUSE_MS);
      expect((await poll()).outcome).toMatchObject({ routed: 0, copied: 0 });
    },
  );

  const poll = () => stack.invoke('PollRepliesFunction', {});

  function deliver(contentType: string, body: string[], headers: Record<string, string> = {}): Buffer {
    const all = {
      From: `Ada <${ADA}>`,
      To: SUPPORT.address,
      Subject: '=?utf-8?q?Gr=C3=BC=C3=9Fe?=',
      // Gmail gives one to whatever comes without.
      'Message-ID': `<${randomUUID()}@customer.example>`,
      'In-Reply-To': question,
      'Content-Type': contentType,
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    const mail = `${lines.join('\r\n')}\r\n\r\n${body.join('\r\n')}\r\n`;
    return stack.google.account(SUPPORT.address).deliver(mail).raw;
  }

  async function receive(
    contentType: string,
    body: string[],
    headers: Record<string, string> = {},
  ): Promise<{ raw: Buffer; event: ReplyEvent }> {
    const raw = deliver(contentType, body, headers);
    expect((await stack.invoke('PollRepliesFunction', {})).outcome).toMatchObject({ routed: 1, failures: [] });
    const [event, ...others] = await events();
    expect(others).toEqual([]);
    if (event === undefined) throw new Error('no event');
    return { raw, event };
  }

  async function events(): Promise<ReplyEvent[]> {
    return (await stack.receive('RepliesUrl')).map(parseReply);
  }

  const stored = (event: ReplyEvent | undefined) => object(event, event?.raw.key);

  async function object(event: ReplyEvent | undefined, Key: string | undefined): Promise<Buffer> {
    const { Body } = await stack.s3.send(new GetObjectCommand({ Bucket: event?.raw.bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }
});

function base64(bytes: number): string {
  const lines = Buffer.alloc(bytes, 'Mailroom')
    .toString('base64')
    .match(/.{1,76}/g);
  return lines?.join('\r\n') ?? '';
}
