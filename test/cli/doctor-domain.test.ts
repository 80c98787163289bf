// What `mailroom doctor` says of the DNS records of a sender's domain, asked of a real name server.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../functions/stack.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';
import { examine, publishWell } from './doctor-fixture.ts';

const LONG_KEY = generateKeyPairSync('rsa', { modulusLength: 4096 }).publicKey.export({ type: 'spki', format: 'der' });
const SHORT_KEY = generateKeyPairSync('rsa', { modulusLength: 768 }).publicKey.export({ type: 'spki', format: 'der' });
const DKIM = 'google._domainkey.mail.shop.example';

let stack: TestStack;
let dns: DnsServer;

beforeAll(async () => {
  const support = { id: 'support', address: 'support@mail.shop.example' };
  const consumer = { id: 'consumer', address: 'somebody@gmail.com' };
  [stack, dns] = await Promise.all([startTestStack({ mailboxes: [support, consumer] }), startDnsServer()]);
});

beforeEach(() => {
  dns.zone.clear();
  publishWell(dns, 'mail.shop.example');
});

afterAll(async () => {
  await Promise.all([stack?.stop(), dns?.stop()]);
});

const look = async (mailbox = 'support') => {
  const { of } = await examine(stack, dns, [mailbox]);
  return { spf: of('spf', mailbox), dkim: of('dkim', mailbox), dmarc: of('dmarc', mailbox) };
};

describe('the records of a domain', () => {
  it('are good: a long key by TCP, a policy of the domain above, SPF through a redirect', async () => {
    dns.zone.set('mail.shop.example', ['v=spf1 redirect=shop.example']);
    dns.zone.set('shop.example', ['v=spf1 include:spf.partner.example -all']);
    dns.zone.set('spf.partner.example', ['v=spf1 a:relay.partner.example include:_spf.google.com ?all']);
    dns.zone.set(DKIM, [`k=rsa; p=${LONG_KEY.toString('base64')}`]);
    dns.zone.delete('_dmarc.mail.shop.example');
    dns.zone.set('_dmarc.shop.example', ['v=DMARC1; p=reject; sp=none']);
    expect(await look()).toMatchObject({
      spf: { result: 'ok', what: 'mail.shop.example lets Google send, within 4 lookups' },
      dkim: { result: 'ok', what: `${DKIM} has a key of 4096 bits` },
      dmarc: { result: 'ok', what: '_dmarc.shop.example has the policy none' },
    });
  });

  it('are missing', async () => {
    dns.zone.clear();
    expect(await look()).toMatchObject({
      spf: { result: 'warning', cure: expect.stringContaining('v=spf1 include:_spf.google.com ~all') },
      dkim: { result: 'warning', cure: expect.stringContaining('Authenticate email') },
      dmarc: { result: 'warning', cure: expect.stringContaining('_dmarc.mail.shop.example: v=DMARC1; p=none') },
    });
  });

  it('are broken: two of SPF, a revoked key, a policy that is none', async () => {
    dns.zone.set('mail.shop.example', ['v=spf1 -all', 'v=spf1 include:_spf.google.com ~all']);
    dns.zone.set(DKIM, ['v=DKIM1; k=rsa; p=']);
    dns.zone.set('_dmarc.mail.shop.example', ['v=DMARC1; p=strict']);
    expect(await look()).toMatchObject({
      spf: { result: 'trouble', cause: 'mail.shop.example has 2 SPF records, and may have one' },
      dkim: { result: 'trouble', what: expect.stringContaining('is revoked') },
      dmarc: { result: 'trouble', cause: '_dmarc.mail.shop.example has a policy that is none: strict' },
    });
  });

  it('are broken otherwise: Google is left out, a key that is too short, two policies', async () => {
    dns.zone.set('mail.shop.example', ['v=spf1 ip4:192.0.2.0/24 -all']);
    dns.zone.set(DKIM, [`v=DKIM1; p=${SHORT_KEY.toString('base64')}`]);
    dns.zone.set('_dmarc.mail.shop.example', ['v=DMARC1; p=none', 'v=DMARC1; p=reject']);
    expect(await look()).toMatchObject({
      spf: { result: 'trouble', what: 'the SPF record of mail.shop.example does not let Google send' },
      dkim: { result: 'trouble', cause: 'its key of 768 bits is too short to count' },
      dmarc: { result: 'trouble', cause: '_dmarc.mail.shop.example has 2 records, and may have one' },
    });
  });

  it('cannot be had: the name server refuses, or is silent, and nobody waits long', async () => {
    dns.zone.set('mail.shop.example', 'refused');
    dns.zone.set(DKIM, 'silent');
    expect(await look()).toMatchObject({
      spf: { result: 'warning', what: 'no answer about mail.shop.example (EREFUSED)' },
      dkim: { result: 'warning', what: `no answer about ${DKIM} (ETIMEOUT)` },
      dmarc: { result: 'ok' },
    });
  });

  it('of Google itself are its own matter', async () => {
    expect(await look('consumer')).toMatchObject({
      spf: { result: 'skipped', what: 'because Google itself looks after gmail.com' },
      dkim: { result: 'skipped' },
      dmarc: { result: 'skipped' },
    });
  });
});
