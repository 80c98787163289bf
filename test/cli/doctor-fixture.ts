// Runs the doctor against a stack, and reads what it found.
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { authorise, type Wish } from '../../local/google/authorise.ts';
import type { TestStack } from '../functions/stack.ts';
import type { DnsServer } from './dns-server.ts';
import { type RunOptions, runMailroom } from './run-mailroom.ts';

export interface Examined {
  readonly exitCode: number | null;
  /** What a check of the stack, or of a mailbox, found. */
  of(check: string, mailbox?: string): Record<string, unknown> | undefined;
  /** Of all checks, in their order. */
  readonly names: readonly unknown[];
  /** All that is not ok, as `mailbox check result`. */
  readonly notOk: readonly string[];
  readonly totals: unknown;
}

export async function examine(
  stack: TestStack,
  dns: DnsServer,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Examined> {
  const ended = await runMailroom(stack, ['doctor', ...args, '--json', '--dns-server', dns.address], options);
  expect(ended.stderr).toBe('');
  const lines = ended.json();
  const findings = lines.slice(0, -1);
  return {
    exitCode: ended.exitCode,
    of: (name, id) => findings.find(({ check, mailbox }) => check === name && mailbox === id),
    names: findings.map(({ check }) => check),
    notOk: findings
      .filter(({ result }) => result !== 'ok')
      .map(({ check, mailbox = 'stack', result }) => `${mailbox} ${check} ${result}`),
    totals: lines.at(-1)?.totals,
  };
}

/** RSA of 2,048 bits, as Google makes it. */
const DKIM_KEY =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAj+MHjPCSIPGf/uNqDbxUO8ApRuR6tzReOeDPjHtN7fCNiHgSj6qv3TpEO8wPYKH6gElKVJgfNrlNkCY7nRAe6Z/RE/TNp1WbPamdDZOMnKmJA4JpFXvw+1IPRH+/A55BNa3u/lAc2YcLHGwhc2d49oiX85Bf3mBUyZDjixzJwwBLPDWc7F1Bm9CXdOIIWIDtIBbVUOXMnkY9D76PR4v2H8y2kHNpoRQxVt0Se0kuilpKaP0ow5JyTomquWQTX3vPLTwPsPzDfQwSrEz+Cy4eHRjUXg5+IlIca9SIy9lcfz8ZcfslprJgzW+y1zw//WbZ/JzYe+5r3U1Eh+dbASl8BQIDAQAB';

/** A domain of Workspace as its owner should have set it up. */
export function publishWell({ zone }: DnsServer, domain: string, dkimKey = DKIM_KEY): void {
  zone.set('_spf.google.com', ['v=spf1 ip4:74.125.0.0/16 ip6:2001:4860:4000::/36 ~all']);
  zone.set(domain, ['google-site-verification=abc', 'v=spf1 include:_spf.google.com ~all']);
  zone.set(`google._domainkey.${domain}`, [`v=DKIM1; k=rsa; p=${dkimKey}`]);
  zone.set(`_dmarc.${domain}`, ['v=DMARC1; p=quarantine; rua=mailto:postmaster@shop.example']);
}

const SCOPES = ['https://mail.google.com/', 'openid', 'email'];

/** Stores a grant of that account as a person might by hand, whatever mailbox it is for. */
export async function grantByHand(
  { google, aws, secrets }: TestStack,
  mailbox: string,
  address: string,
  consent: Pick<Wish, 'choice'> & Partial<Pick<Wish, 'scopes'>> = {},
): Promise<void> {
  const { clientId, clientSecret } = google.client;
  const client = { clientId, clientSecret };
  const { refreshToken } = await authorise({
    oauth: google.endpoints.oauth,
    ...client,
    address,
    scopes: SCOPES,
    ...consent,
  });
  const grant = { type: 'oauth', address, ...client, refreshToken, grantedAt: Date.now() };
  const SecretId = `${aws.stackName}/grants/${mailbox}`;
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(grant) }));
}

/** Of one mailbox alone: which of its checks are not ok. */
export async function examineMailbox(stack: TestStack, dns: DnsServer, id: string): Promise<Examined> {
  const examined = await examine(stack, dns, [id]);
  const own = examined.notOk.filter((line) => line.startsWith(`${id} `));
  return { ...examined, notOk: own.map((line) => line.slice(id.length + 1)) };
}
