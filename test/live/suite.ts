// What nobody but Gmail can show: that it keeps a Message-ID and a Date, files its copy, and authenticates a reply as
// FACTS have it. The same suite runs on the local Gmail in `npm test`, so that it is right when someone runs it live.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveWorld } from './live-world.ts';

/** Gmail may take its time: the delay of copies and deliveries is documented nowhere. */
const PATIENCE_MS = 120_000;

export function describeLive(name: string, start: () => Promise<LiveWorld>): void {
  describe(`Mailroom on ${name}`, { timeout: PATIENCE_MS + 30_000 }, () => {
    const run = randomUUID();
    const subject = `Mailroom live check ${run}`;
    const request = () => ({
      ...{ version: 1, mailbox: 'live', idempotencyKey: run, to: world.live.customer.address, subject },
      ...{ text: 'A check of Mailroom. You may delete this mail.', context: { run } },
    });
    let world: LiveWorld;
    let messageId: string;

    beforeAll(async () => {
      world = await start();
    }, 60_000);

    afterAll(() => world?.stop());

    it('makes an access token of the refresh token, and reads the mailbox', async () => {
      expect(await world.invoke('RefreshTokensFunction', {})).toMatchObject({ refreshed: 1 });
      expect(await world.invoke('PollRepliesFunction', {})).toMatchObject({ failures: [] });
    });

    it('sends once, and answers a repetition from memory', async () => {
      const outcome = await world.invoke('SendMailFunction', request());
      expect(outcome).toMatchObject({ kind: 'sent', response: expect.stringMatching(/^250 2\.0\.0/) });
      messageId = String(outcome.messageId);
      expect(await world.invoke('SendMailFunction', request())).toMatchObject({ kind: 'replayed', messageId });
    });

    it('matches the answer by its Message-ID, with its context, and knows that its sender is authentic', async () => {
      await world.answer({ messageId, subject, text: 'All is well.' });
      expect(await world.awaitReply(PATIENCE_MS)).toMatchObject({
        ...{ kind: 'reply', mailbox: 'live', text: 'All is well.', matchedBy: expect.any(String) },
        answers: { messageId, context: { run } },
        sender: { authenticated: true, wasRecipient: true },
      });
    });
  });
}
