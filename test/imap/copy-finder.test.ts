// Looking for copies of what was sent: where they may lie, and by whichever of the two ways sees them.

import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMailboxProfile } from '../../lib/core/mailbox.ts';
import { Secret } from '../../lib/core/secret.ts';
import { type Deadline, type EpochMs, toEpochMs } from '../../lib/core/time.ts';
import type { ImapEndpoint } from '../../lib/imap/client.ts';
import { createCopyFinder } from '../../lib/imap/copy-finder.ts';
import { FaultScript, parseFault } from '../../local/fault-proxy/fault.ts';
import { startProxies } from '../../local/fault-proxy/proxied-servers.ts';
import { germanNames, type LocalGoogle, startGoogle } from '../../local/google/google.ts';

const profile = parseMailboxProfile({
  id: 'support',
  address: 'support@shop.example',
  plan: 'workspace',
  protocol: 'imap',
});
const deadline: Deadline = { remainingMs: () => 30_000, signal: new AbortController().signal };
const DATE = toEpochMs(1_795_000_000_000);
const HOUR = 3_600_000;

describe('the copy of a mail', () => {
  const trusted = getCACertificates('default');
  let google: LocalGoogle;

  beforeAll(async () => {
    google = await startGoogle();
    google.addAccount({ address: profile.address, folderNames: germanNames });
    setDefaultCACertificates([...trusted, readFileSync(google.endpoints.ca, 'utf8')]);
  });

  afterAll(async () => {
    setDefaultCACertificates([...trusted]);
    await google?.stop();
  });

  function file(id: string, labels: readonly string[], options: { date?: EpochMs; filedAt?: number } = {}): void {
    const { date = DATE, filedAt = DATE } = options;
    const raw = `From: ${profile.address}\r\nMessage-ID: <${id}@shop.example>\r\nDate: ${new Date(date).toUTCString()}\r\n\r\nx\r\n`;
    google.account(profile.address).deliver(raw, { labels, asIs: true, internalDate: filedAt });
  }

  const find = (...ids: string[]) => findAt(google.endpoints.imap, ...ids);

  async function findAt(endpoint: ImapEndpoint, ...ids: string[]): Promise<(number | undefined)[] | undefined> {
    const value = await google.account(profile.address).accessToken();
    const token = { accessToken: new Secret(value), expiresAt: toEpochMs(0), address: profile.address, version: '1' };
    const wanted = ids.map((id) => ({ messageId: `<${id}@shop.example>`, date: toEpochMs(DATE + 123) }));
    const found = await createCopyFinder(endpoint).find(profile, token, deadline, wanted);
    return found && wanted.map(({ messageId }) => found.get(messageId));
  }

  it('is found in All Mail and in Trash, whatever they are called, and nothing else is', async () => {
    file('sent', ['\\Sent']);
    file('thrown-away', ['\\Trash']);
    file('another-date', ['\\Sent'], { date: toEpochMs(DATE + 1_000) });
    expect(await find('sent', 'thrown-away', 'another-date', 'never')).toEqual([DATE, DATE, undefined, undefined]);
  });

  it('is not missing where the server refused to look, or hung up', async () => {
    const script = new FaultScript();
    const proxied = await startProxies(google.endpoints, script);
    try {
      setDefaultCACertificates([
        ...trusted,
        ...readFileSync(proxied.servers.ca, 'utf8').split(/(?<=END CERTIFICATE-----)/),
      ]);
      for (const fault of [
        'SEARCH=NO [OVERQUOTA] Not now',
        'FETCH=NO Not now',
        'SEARCH=cut',
        'FETCH=cut',
        'EXAMINE=cut',
      ]) {
        script.add(parseFault(`imap/${fault}`));
        await expect(findAt(proxied.servers.imap, 'never')).rejects.toMatchObject({
          name: expect.stringMatching(/^IMAP_/),
        });
      }
      expect(await findAt(proxied.servers.imap, 'never')).toEqual([undefined]);
    } finally {
      await proxied.stop();
    }
  });

  it('is found by its Message-ID behind more mail than is read', async () => {
    file('long-ago', ['\\Sent'], { filedAt: DATE - 2 * HOUR });
    for (let index = 0; index < 600; index += 1) file(`newer-${index}`, ['\\Inbox'], { filedAt: DATE - HOUR });
    expect(await find('long-ago')).toEqual([DATE - 2 * HOUR]);
  });
});
