// What is left of a session when it has ended.

import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmailAddressSchema } from '../../lib/core/address.ts';
import { parse } from '../../lib/core/parse.ts';
import { Secret } from '../../lib/core/secret.ts';
import { toEpochMs } from '../../lib/core/time.ts';
import { createClient } from '../../lib/imap/client.ts';
import { type LocalGoogle, startGoogle } from '../../local/google/google.ts';

const address = parse(EmailAddressSchema, 'support@shop.example', 'REQUEST_INVALID', 'address');
const trusted = getCACertificates('default');
let google: LocalGoogle;

beforeAll(async () => {
  google = await startGoogle();
  setDefaultCACertificates([...trusted, readFileSync(google.endpoints.ca, 'utf8')]);
});

afterAll(async () => {
  setDefaultCACertificates(trusted);
  await google.stop();
});

it('is nothing that the deadline of a long run would hold, and an open one ends with the deadline', async () => {
  const accessToken = new Secret(await google.addAccount({ address }).accessToken());
  const token = { accessToken, expiresAt: toEpochMs(0), address, version: '1' };
  const run = new AbortController();
  const connect = async (): Promise<ImapFlow> => {
    const deadline = { remainingMs: () => 60_000, signal: run.signal };
    const client = createClient(ImapFlow, google.endpoints.imap, address, token, deadline);
    await client.connect();
    return client;
  };
  for (let session = 0; session < 3; session += 1) {
    const client = await connect();
    expect(getEventListeners(run.signal, 'abort')).toHaveLength(1);
    const closed = new Promise((resolve) => client.once('close', resolve));
    client.close();
    await closed;
    expect(getEventListeners(run.signal, 'abort')).toEqual([]);
  }
  const open = await connect();
  const closed = new Promise((resolve) => open.once('close', resolve));
  run.abort();
  await closed;
  expect(open.usable).toBe(false);
});
