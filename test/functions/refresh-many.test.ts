// Hundreds of mailboxes in one run: at most one token request each, within the time and memory of the function, and one
// mailbox's trouble is its own.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallsProxy, startCallsProxy } from './calls-proxy.ts';
import { startTestStack, type TestStack } from './stack.ts';

const MAILBOXES = Array.from({ length: 500 }, (_, index) => ({
  id: `box-${index}`,
  address: `box-${index}@shop.example`,
}));
const REVOKED = ['box-7', 'box-250', 'box-499'];

/** What infra/token-refresh.ts gives it. */
const MEMORY_MB = 256;
/**
 * V8 sizes its heap by the memory of the machine (heap.cc, HeapSizeFromPhysicalMemory: a half, and of that a 128th for each
 * half of the young generation). This one has a hundred times as much, and would keep its garbage for as long.
 */
const HEAP_OF_LAMBDA = `--max-old-space-size=${MEMORY_MB / 2} --max-semi-space-size=${MEMORY_MB / 256}`;

describe('a refresh of five hundred mailboxes', () => {
  let stack: TestStack;
  let proxy: CallsProxy;

  beforeAll(async () => {
    proxy = await startCallsProxy();
    stack = await startTestStack({
      mailboxes: MAILBOXES,
      parameters: { OauthUrl: proxy.url },
      processEnvironment: { NODE_OPTIONS: HEAP_OF_LAMBDA },
    });
    proxy.target = stack.google.endpoints.oauth;
    for (const id of REVOKED) stack.google.account(`${id}@shop.example`).revokeGrants();
  }, 120_000);

  afterAll(async () => {
    await stack?.stop();
    await proxy?.close();
  });

  /** Of the function's process, which is there until it is idle for long: the only one that has run. */
  const peakMb = (): number => {
    const [pid, ...others] = stack.aws.processIds();
    expect(others).toEqual([]);
    const kiB = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kiB) / 1_024;
  };

  it('asks once for each, ends in time, and names those that a person must mend', async () => {
    const asked = new Map<string, number>();
    proxy.onCall = (_operation, body) => {
      const token = new URLSearchParams(body).get('refresh_token') ?? '';
      asked.set(token, (asked.get(token) ?? 0) + 1);
      return 'pass';
    };
    const { outcome } = await stack.invoke('RefreshTokensFunction', {});
    const failures = REVOKED.map((mailbox) => expect.objectContaining({ mailbox, code: 'GRANT_DEAD' }));
    expect(outcome).toMatchObject({ refreshed: MAILBOXES.length - REVOKED.length, fresh: 0 });
    expect(outcome?.failures).toHaveLength(REVOKED.length);
    expect(outcome?.failures).toEqual(expect.arrayContaining(failures));
    expect(asked.size).toBe(MAILBOXES.length);
    expect([...asked.values()].every((count) => count === 1)).toBe(true);
    expect(peakMb()).toBeLessThan(MEMORY_MB);
    const again = await stack.invoke('RefreshTokensFunction', {});
    expect(again.outcome).toMatchObject({ refreshed: 0, fresh: MAILBOXES.length - REVOKED.length });
  }, 120_000);
});
