// Requests that lie in the bucket because an invocation or a queue message cannot hold them.
import { createHash, randomBytes } from 'node:crypto';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, MAIL, mailsWith, startTestStack, type TestStack } from './stack.ts';

describe('a request in the bucket', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('RefreshTokensFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const put = (object: string, request: string | object) => {
    const Body = typeof request === 'string' ? request : JSON.stringify({ ...MAIL, ...request });
    return stack.s3.send(new PutObjectCommand({ Bucket: stack.output('MailBucket'), Key: `requests/${object}`, Body }));
  };
  const reference = (idempotencyKey: string, object: string) => ({
    version: 1,
    mailbox: 'support',
    idempotencyKey,
    requestObject: `requests/${object}`,
  });
  const send = (key: string, object: string) => stack.invoke('SendMailFunction', reference(key, object));
  const objects = async () => {
    const list = new ListObjectsV2Command({ Bucket: stack.output('MailBucket') });
    return ((await stack.s3.send(list)).Contents ?? []).map(({ Key }) => Key);
  };

  it('is sent with its 20 MB byte for byte, is removed, and is replayed when it is named again', async () => {
    const content = randomBytes(20 * 1024 * 1024);
    const attachments = [{ filename: 'large.bin', content: content.toString('base64') }];
    await put('large.json', { idempotencyKey: 'large', subject: 'A large one', attachments });
    const first = await send('large', 'large.json');
    expect(first.outcome?.kind).toBe('sent');
    const found = stack.google
      .account(ADA)
      .messages('INBOX')
      .filter(({ raw }) => raw.includes('A large one'));
    expect(found).toHaveLength(1);
    const [arrived] = (await PostalMime.parse(found[0]?.raw ?? '')).attachments;
    expect(hash(Buffer.from(arrived?.content as ArrayBuffer))).toBe(hash(content));
    expect(await objects()).toEqual([]);
    expect((await send('large', 'large.json')).outcome).toEqual({
      kind: 'replayed',
      messageId: first.outcome?.messageId,
      saved: first.outcome,
    });
  }, 60_000);

  it('stays while the message waits, and is sent from there when it is due', async () => {
    stack.google.faults.smtp({ at: 'RCPT', do: { reply: '452 4.3.1 Out of memory - gsmtp' } });
    await put('waits.json', { idempotencyKey: 'waits', text: 'waits in the bucket' });
    expect((await send('waits', 'waits.json')).outcome?.kind).toBe('queued');
    expect(await objects()).toEqual(['requests/waits.json']);
    await stack.change('waits', { dueAt: Date.now() });
    const resumption = { version: 1, mailbox: 'support', idempotencyKey: 'waits', resume: true };
    expect((await stack.invoke('SendMailFunction', resumption)).outcome?.kind).toBe('sent');
    expect(mailsWith(stack, ADA, 'waits in the bucket')).toHaveLength(1);
    expect(await objects()).toEqual([]);
  });

  it('is missed by name when it has been forgotten', async () => {
    expect(await send('gone', 'gone.json')).toMatchObject({ errorType: 'REQUEST_MISSING' });
  });

  it.each([
    ['requestObject', 'other-key', { idempotencyKey: 'not the one named' }],
    ['requestObject', 'no-json', '{"version":1,'],
    ['subject', 'crlf', { idempotencyKey: 'crlf', subject: 'a\r\nBcc: eve@evil.example' }],
  ])('is refused by the name of the field %s: %s', async (field, key, request) => {
    await put(`${key}.json`, request);
    const { errorType, errorMessage } = await send(key, `${key}.json`);
    expect(errorType).toBe('REQUEST_INVALID');
    expect(errorMessage).toContain(`${field}:`);
    expect(errorMessage).not.toContain('evil');
  });

  it('is refused outside its prefix', async () => {
    const outside = { ...reference('outside', 'x'), requestObject: 'replies/x' };
    const { errorType, errorMessage } = await stack.invoke('SendMailFunction', outside);
    expect({ errorType, errorMessage }).toEqual({
      errorType: 'REQUEST_INVALID',
      errorMessage: expect.stringContaining('requestObject:'),
    });
  });

  it('is refused as too large before any mail is begun', async () => {
    const content = Buffer.alloc(28 * 1024 * 1024).toString('base64');
    await put('huge.json', { idempotencyKey: 'huge', attachments: [{ filename: 'huge.bin', content }] });
    expect(await send('huge', 'huge.json')).toMatchObject({ errorType: 'MESSAGE_TOO_LARGE' });
  });
});

function hash(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
