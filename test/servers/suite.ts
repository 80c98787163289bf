// Sending and receiving as any server of these protocols must bear it: the same cases on the local Gmail and on Dovecot and
// Postfix, so that neither the local Gmail nor Mailroom can be wrong alone.
import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, SALES, until } from '../functions/stack.ts';
import { type MailWorld, NOBODY } from './mail-world.ts';

export function runSuite(name: string, start: () => Promise<MailWorld>): void {
  describe(`sending and receiving on ${name}`, () => {
    let world: MailWorld;

    beforeAll(async () => {
      world = await start();
      await world.stack.invoke('RefreshTokensFunction', {});
      await world.stack.invoke('PollRepliesFunction', {});
    }, 60_000);

    afterAll(async () => {
      await world?.stop();
    });

    const send = (key: string, mail: object = {}) =>
      world.stack.send({ idempotencyKey: key, text: `${key}.`, ...mail });
    const arrives = (key: string, count = 1) =>
      until(`${count} mails of ${key}`, async () => world.mails(ADA, `${key}.`).length === count);

    it('sends a mail once, by invocation and by the outbox, and files it in Sent', async () => {
      const first = await send('once');
      expect(first.outcome?.kind).toBe('sent');
      expect((await send('once')).outcome).toMatchObject({ kind: 'replayed', saved: first.outcome });
      await arrives('once');
      await until('its copy', async () => world.mails(SUPPORT.address, 'once.', 'Sent').length === 1);
      const batch = Array.from({ length: 10 }, (_, index) => ({ idempotencyKey: `ten ${index}`, text: 'of ten.' }));
      expect((await world.stack.drain(batch, SALES.id)).outcome).toEqual({ batchItemFailures: [] });
      await until('all ten', async () => world.mails(ADA, 'of ten.').length === 10);
    });

    it('keeps Message-ID, Date and every byte of text and file', async () => {
      const content = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 256)).toString('base64');
      const text = 'Zeile eins\r\n.\r\nein Punkt am Anfang: .\r\nÜmlaut, 日本語, \ttab';
      const mail = { text, subject: 'Grüße aus Zürich', attachments: [{ filename: 'a.bin', content }] };
      const { outcome } = await send('bytes', { ...mail, html: '<p>bytes.</p>' });
      await until('it', async () => world.mails(ADA, String(outcome?.messageId)).length === 1);
      const [raw = ''] = world.mails(ADA, String(outcome?.messageId));
      const { default: PostalMime } = await import('postal-mime');
      const read = await PostalMime.parse(Buffer.from(raw, 'latin1'));
      expect(read.subject).toBe(mail.subject);
      expect(read.text?.replace(/\r?\n/g, '\n').trimEnd()).toBe(text.replace(/\r\n/g, '\n'));
      expect(Buffer.from(Object(read.attachments[0]).content).toString('base64')).toBe(content);
    });

    it('replaces a token that died, for SMTP and for IMAP', async () => {
      world.stack.google.account(SUPPORT.address).expireAccessTokens();
      expect((await send('stale')).outcome?.kind).toBe('sent');
      await arrives('stale');
      expect((await world.stack.invoke('PollRepliesFunction', {})).outcome).toMatchObject({ failures: [] });
    });

    it('fails for a recipient that is unknown, and says so of one beside another', async () => {
      expect((await send('nobody', { to: NOBODY })).outcome).toMatchObject({
        kind: 'failed',
        code: 'RECIPIENT_REFUSED',
      });
      const { outcome } = await send('partly', { to: [ADA, NOBODY] });
      expect(outcome).toMatchObject({ kind: 'partial', rejected: [{ address: NOBODY, code: 'RECIPIENT_REFUSED' }] });
      await arrives('partly');
    });

    it('routes an answer with its context, once, and changes no flag of any mail', async () => {
      const { outcome } = await send('question', { context: { order: 7 } });
      const [answered] = await answer('the answer', String(outcome?.messageId));
      expect(answered).toMatchObject({
        text: expect.stringContaining('the answer'),
        answers: { context: { order: 7 } },
      });
      await world.stack.invoke('PollRepliesFunction', {});
      expect(await world.stack.receive('RepliesUrl', 0)).toEqual([]);
      expect(await flagsOf(SUPPORT.address)).not.toContain('\\Seen');
    });

    it('settles by its copy a mail whose end nobody knows', async () => {
      const { outcome } = await send('settled');
      await until('its copy', async () => world.mails(SUPPORT.address, 'settled.', 'Sent').length === 1);
      // As a connection that ended after the final dot would leave it.
      await world.stack.change('settled', { state: 'unknown', dueAt: Date.now() });
      expect((await world.stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({
        found: 1,
        sentAgain: 0,
      });
      const item = await world.stack.item('settled');
      expect(item).toMatchObject({ state: 'sent', outcome: { messageId: outcome?.messageId, settledBy: 'search' } });
    });

    async function answer(text: string, inReplyTo: string) {
      const { servers, stack } = world;
      const accessToken = await stack.google.account(ADA).accessToken();
      const transport = createTransport({
        ...servers.smtps,
        secure: true,
        auth: { type: 'OAuth2', user: ADA, accessToken },
        tls: { ca: readFileSync(servers.ca) },
      });
      await transport.sendMail({ from: ADA, to: SUPPORT.address, subject: 'Re: Hello', text, inReplyTo });
      transport.close();
      return until('the event', async () => {
        await stack.invoke('PollRepliesFunction', {});
        const letters = await stack.receive('RepliesUrl', 0);
        return letters.length > 0 && letters.map(({ Body = '' }) => JSON.parse(Body));
      });
    }

    async function flagsOf(address: string): Promise<string[]> {
      const { servers, stack } = world;
      const client = new ImapFlow({
        ...servers.imap,
        secure: true,
        auth: { user: address, accessToken: await stack.google.account(address).accessToken() },
        logger: false,
        tls: { ca: readFileSync(servers.ca) },
      });
      await client.connect();
      await client.mailboxOpen('INBOX', { readOnly: true });
      const flags: string[] = [];
      for await (const mail of client.fetch('1:*', { flags: true })) flags.push(...(mail.flags ?? []));
      await client.logout();
      return flags;
    }
  });
}
