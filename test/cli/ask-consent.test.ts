// When a consent is over: what is being judged at that moment still counts, and what stood in the way is what is reported.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askConsent, type ConsentRequest } from '../../cli/connect/ask-consent.ts';
import { createDeadline } from '../../cli/deadline.ts';
import { Secret } from '../../lib/core/secret.ts';
import { toEpochMs } from '../../lib/core/time.ts';
import { approve } from '../../local/google/authorise.ts';
import { type LocalGoogle, startGoogle } from '../../local/google/google.ts';
import { visit } from './consent.ts';

const OPS = 'ops@shop.example';
const BOSS = 'boss@shop.example';

describe('asking for a consent', () => {
  let google: LocalGoogle;

  beforeAll(async () => {
    google = await startGoogle();
    for (const address of [OPS, BOSS]) google.addAccount({ address });
  });

  afterAll(async () => {
    await google?.stop();
  });

  /** Its time is over when `over` is called. */
  function ask(accept: ConsentRequest['accept'], port = 0) {
    const time = new AbortController();
    const ready = Promise.withResolvers<string>();
    const { oauth } = google.endpoints;
    const { clientId, clientSecret } = google.client;
    const ended = askConsent({
      server: { oauthUrl: oauth, consentUrl: `${oauth}/o/oauth2/v2/auth` },
      client: { clientId, clientSecret: new Secret(clientSecret) },
      mailbox: 'ops',
      address: OPS,
      port,
      now: () => toEpochMs(Date.now()),
      deadline: { remainingMs: () => 60_000, signal: time.signal },
      beginAnswer: () => createDeadline(10_000),
      onReady: ready.resolve,
      onTrouble: () => undefined,
      accept,
    }).then(
      () => 'connected',
      (error: Error) => error.name,
    );
    return { ended, url: ready.promise, over: () => time.abort() };
  }

  it('ends with what stood in the way, when its time is over', async () => {
    const { ended, url, over } = ask(async () => undefined);
    await visit(await approve(await url, BOSS));
    over();
    expect(await ended).toBe('ADDRESS_MISMATCH');
  });

  it('ends unanswered where nobody came', async () => {
    const { ended, url, over } = ask(async () => undefined);
    await url;
    over();
    expect(await ended).toBe('CONSENT_UNANSWERED');
  });

  it('waits for what it is storing, though its time is over meanwhile', async () => {
    const storing = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const { ended, url, over } = ask(() => {
      storing.resolve();
      return stored.promise;
    });
    const page = visit(await approve(await url, OPS));
    await storing.promise;
    over();
    stored.resolve();
    expect([await ended, (await page).html]).toEqual(['connected', expect.stringContaining('Connected')]);
  });

  it('says what kept it from storing', async () => {
    const { ended, url } = ask(async () => {
      throw new Error('broken');
    });
    const page = await visit(await approve(await url, OPS));
    expect([await ended, page.html]).toEqual(['Error', expect.stringContaining('Something went wrong')]);
  });

  it('does not begin where its port is taken', async () => {
    const { url, over, ended } = ask(async () => undefined);
    const port = Number(new URL(new URL(await url).searchParams.get('redirect_uri') ?? '').port);
    expect(await ask(async () => undefined, port).ended).toBe('USAGE');
    over();
    await ended;
  });
});
