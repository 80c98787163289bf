// send-mail, invoked: what arrives, what is answered, and that a repeated request is one mail.
import { CreateSecretCommand, DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMailbox, storeGrant, storeProfile } from '../../local/connect.ts';
import { ADA, GRACE, mailsWith, startTestStack, type TestStack } from './stack.ts';

describe('send-mail', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack();
  });

  afterAll(async () => {
    await stack?.stop();
  });

  it('sends all that a request holds, and keeps Bcc out of the mail', async () => {
    const { outcome } = await stack.send({
      idempotencyKey: 'full',
      to: [{ name: 'Ada Löwe', address: ADA }],
      cc: 'carol@elsewhere.example',
      bcc: GRACE,
      replyTo: 'desk@shop.example',
      from: { name: 'The shop' },
      subject: 'Grüße 📬',
      text: 'Liebe Ada,\n.\nein Punkt am Anfang',
      html: '<p>Liebe Ada <img src="cid:logo@shop"></p>',
      headers: { 'List-Unsubscribe': '<mailto:no@shop.example>' },
      inReplyTo: '<first@customer.example>',
      context: { order: 42, tags: ['vip', null] },
      attachments: [
        {
          filename: 'rechnung.pdf',
          content: Buffer.from('%PDF-1.7').toString('base64'),
          contentType: 'application/pdf',
        },
        { filename: 'logo.png', content: 'iVBORw0KGgo=', contentId: 'logo@shop' },
      ],
    });
    expect(outcome).toMatchObject({ kind: 'sent', response: expect.stringContaining('250 2.0.0 OK') });
    const [raw = ''] = mailsWith(stack, ADA, 'List-Unsubscribe');
    const mail = await PostalMime.parse(Buffer.from(raw, 'latin1'));
    expect(mail).toMatchObject({
      subject: 'Grüße 📬',
      from: { name: 'The shop', address: 'support@shop.example' },
      to: [{ name: 'Ada Löwe', address: ADA }],
      cc: [{ address: 'carol@elsewhere.example' }],
      replyTo: [{ address: 'desk@shop.example' }],
      inReplyTo: '<first@customer.example>',
      messageId: outcome?.messageId,
      text: 'Liebe Ada,\n.\nein Punkt am Anfang\n',
    });
    expect(mail.attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
      ['logo.png', 'image/png'],
      ['rechnung.pdf', 'application/pdf'],
    ]);
    expect(mail.attachments.map(({ contentId }) => contentId)).toEqual(['<logo@shop>', undefined]);
    expect(mail.references).toBe('<first@customer.example>');
    expect(stack.google.remote.map(({ to }) => to)).toContainEqual('carol@elsewhere.example');
    const item = await stack.item('full');
    expect(JSON.parse(String(item?.context))).toEqual({ order: 42, tags: ['vip', null] });
    expect(item).toMatchObject({ state: 'sent', messageId: outcome?.messageId, outcome });
    expect(item).not.toHaveProperty('requestJson');
    expect(raw).not.toContain(GRACE);
    expect(mailsWith(stack, GRACE, 'List-Unsubscribe')).toHaveLength(1);
  });

  it('sends a repeated request once and replays its outcome', async () => {
    const first = await stack.send({ idempotencyKey: 'twice', text: 'only once' });
    const second = await stack.send({ idempotencyKey: 'twice', text: 'only once' });
    expect(second.outcome).toEqual({ kind: 'replayed', messageId: first.outcome?.messageId, saved: first.outcome });
    expect(mailsWith(stack, ADA, 'only once')).toHaveLength(1);
  });

  it('sends one mail for five invocations at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, () => stack.send({ idempotencyKey: 'at-once', text: 'five at once' })),
    );
    const kinds = all.map(({ outcome }) => outcome?.kind);
    expect(kinds.filter((kind) => kind === 'sent')).toHaveLength(1);
    expect(kinds.every((kind) => kind === 'sent' || kind === 'queued' || kind === 'replayed')).toBe(true);
    expect(new Set(all.map(({ outcome }) => outcome?.messageId)).size).toBe(1);
    expect(mailsWith(stack, ADA, 'five at once')).toHaveLength(1);
  });

  it('refuses another request under the same key', async () => {
    await stack.send({ idempotencyKey: 'mismatch' });
    const other = await stack.send({ idempotencyKey: 'mismatch', text: 'another text' });
    expect(other.errorType).toBe('IDEMPOTENCY_MISMATCH');
    expect(mailsWith(stack, ADA, 'another text')).toEqual([]);
  });

  it('replaces a refused token once and sends', async () => {
    const support = stack.google.account('support@shop.example');
    await stack.send({ idempotencyKey: 'token-1' });
    support.expireAccessTokens();
    const { outcome } = await stack.send({ idempotencyKey: 'token-2', text: 'after the token died' });
    expect(outcome?.kind).toBe('sent');
    expect(mailsWith(stack, ADA, 'after the token died')).toHaveLength(1);
  });

  it.each([
    ['mailbox', { mailbox: 'Support!' }],
    ['to', { to: [] }],
    ['to.0', { to: ['not an address'] }],
    ['subject', { subject: 'one\r\nBcc: eve@evil.example' }],
    ['headers.X-Note', { headers: { 'X-Note': 'one\r\nBcc: eve@evil.example' } }],
    ['headers.Bcc', { headers: { Bcc: 'eve@evil.example' } }],
    ['attachments.0.content', { attachments: [{ filename: 'a', content: 'no base64!' }] }],
    ['sendAt', { sendAt: 1.5 }],
    ['later', { later: 1 }],
    ['version', { version: 2 }],
    ['inReplyTo', { inReplyTo: 'nonsense' }],
  ])('refuses a request by the name of its field %s, without its value', async (field, change) => {
    const { errorType, errorMessage } = await stack.send({ idempotencyKey: 'invalid', ...change });
    expect(errorType).toBe('REQUEST_INVALID');
    expect(errorMessage).toContain(`${field}:`);
    expect(errorMessage).not.toContain('evil');
  });

  it('refuses an unknown mailbox', async () => {
    const answer = await stack.send({ idempotencyKey: 'nobody', mailbox: 'nobody' });
    expect(answer.errorType).toBe('MAILBOX_UNKNOWN');
  });

  it('tells who was refused when only some recipients were', async () => {
    const { outcome } = await stack.send({ idempotencyKey: 'partial', to: [ADA, 'nobody@customer.example'] });
    expect(outcome).toMatchObject({
      kind: 'partial',
      rejected: [{ address: 'nobody@customer.example', code: 'RECIPIENT_REFUSED' }],
    });
  });

  it('fails a message whose recipients are all refused', async () => {
    const { outcome } = await stack.send({ idempotencyKey: 'refused', to: 'nobody@customer.example' });
    expect(outcome).toMatchObject({
      kind: 'failed',
      code: 'RECIPIENT_REFUSED',
      response: expect.stringContaining('550-5.1.1'),
    });
  });

  it('names a missing or malformed secret, and sends once it is mended', async () => {
    const address = 'billing@shop.example';
    stack.google.addAccount({ address });
    await storeProfile(stack.aws, { id: 'billing', address });
    const missing = await stack.send({ idempotencyKey: 'secret', mailbox: 'billing' });
    expect(missing).toMatchObject({
      errorType: 'SECRET_MISSING',
      errorMessage: expect.stringContaining('Mailroom/grants/billing'),
    });

    await storeGrant(
      stack.aws,
      { id: 'billing', address },
      { type: 'oauth', address, clientId: 'x', refreshToken: 'hush' },
    );
    const malformed = await stack.send({ idempotencyKey: 'secret', mailbox: 'billing' });
    expect(malformed).toMatchObject({
      errorType: 'SECRET_MALFORMED',
      errorMessage: expect.stringContaining('clientSecret'),
    });
    expect(malformed.errorMessage).not.toContain('hush');

    await stack.secrets.send(
      new DeleteSecretCommand({ SecretId: 'Mailroom/grants/billing', ForceDeleteWithoutRecovery: true }),
    );
    await connectMailbox(stack.google, stack.aws, { id: 'billing', address });
    expect((await stack.send({ idempotencyKey: 'secret', mailbox: 'billing' })).outcome?.kind).toBe('sent');
  });

  it('names a malformed access token', async () => {
    const address = 'orders@shop.example';
    await storeProfile(stack.aws, { id: 'orders', address });
    const secret = { Name: 'Mailroom/access-tokens/orders', SecretString: '{"accessToken":"hush"}' };
    await stack.secrets.send(new CreateSecretCommand(secret));
    const answer = await stack.send({ idempotencyKey: 'malformed-token', mailbox: 'orders' });
    expect(answer).toMatchObject({ errorType: 'SECRET_MALFORMED', errorMessage: expect.stringContaining('expiresAt') });
  });

  it('writes no address, body or token into a log', () => {
    const written = stack.log.join('\n');
    expect(written).toContain('send ended');
    expect(written).not.toMatch(/@customer\.example|@elsewhere|ya29\.|1\/\/|Hello Ada|hush/);
  });
});
