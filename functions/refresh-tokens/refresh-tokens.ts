// Keeps access tokens fresh: one refresh of a mailbox at a time, whoever asks, and none that is not needed.
import { setTimeout } from 'node:timers/promises';
import { type ErrorCode, MailError } from '../../lib/core/errors.ts';
import type { MailboxId } from '../../lib/core/mailbox.ts';
import type { GrantHealth, GrantLease, Grants, TokenEndpoint } from '../../lib/core/refresh-ports.ts';
import { after, type Clock, type Deadline } from '../../lib/core/time.ts';

export interface RefreshPorts {
  readonly grants: Grants;
  readonly endpoint: TokenEndpoint;
  readonly now: Clock;
}

export interface RefreshRequest {
  readonly mailbox: MailboxId;
  /** The version of the token that a server refused: it is replaced even before it expires. */
  readonly refused?: string | undefined;
  /** How much of its hour a token must have left to be kept. */
  readonly minimumMs: number;
}

export type RefreshResult =
  | { readonly mailbox: MailboxId; readonly kind: 'refreshed' | 'fresh' }
  | { readonly mailbox: MailboxId; readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

/** Longer than the token endpoint is waited for, with the writes that follow. */
const LEASE_MS = 20_000;
const WATCH_MS = 100;
/** So recent that it was done for the same refusal. */
const JUST_REFRESHED_MS = 60_000;

export async function refreshTokens(
  ports: RefreshPorts,
  request: RefreshRequest,
  deadline: Deadline,
): Promise<RefreshResult> {
  const { mailbox } = request;
  try {
    while (true) {
      if (isFresh(await ports.grants.health(mailbox), request, ports.now)) return { mailbox, kind: 'fresh' };
      const lease = await ports.grants.begin(mailbox, after(ports.now(), LEASE_MS));
      if (lease !== undefined) return await refreshUnder(ports, lease, request, deadline);
      // Someone else is refreshing it: its token will serve us too. If they failed, it is our turn.
      await setTimeout(WATCH_MS, undefined, { signal: deadline.signal });
    }
  } catch (error) {
    if (error instanceof MailError) return { mailbox, kind: 'failed', code: error.code, message: error.message };
    throw error;
  }
}

function isFresh(health: GrantHealth, { refused, minimumMs }: RefreshRequest, now: Clock): boolean {
  const { tokenVersion, tokenExpiresAt, refreshedAt = 0, failure } = health;
  // Whether it has been mended only Google can say.
  if (failure !== undefined) return false;
  if (tokenVersion === undefined || tokenExpiresAt === undefined || tokenVersion === refused) return false;
  // What made a server refuse one token, such as a new password, ended all that were issued before.
  if (refused !== undefined && now() - refreshedAt > JUST_REFRESHED_MS) return false;
  return tokenExpiresAt - now() > minimumMs;
}

async function refreshUnder(
  { grants, endpoint, now }: RefreshPorts,
  lease: GrantLease,
  request: RefreshRequest,
  deadline: Deadline,
): Promise<RefreshResult> {
  const { mailbox } = lease;
  try {
    // Whoever held the lease before us may have refreshed between our look and our lease.
    if (isFresh(await grants.health(mailbox), request, now)) {
      await grants.giveUp(lease);
      return { mailbox, kind: 'fresh' };
    }
    const grant = await grants.read(mailbox);
    const { accessToken, expiresAt, refreshToken } = await endpoint.exchange(grant, deadline);
    // First of all: Google no longer takes the old one.
    if (refreshToken !== undefined) await grants.replace(mailbox, { ...grant, refreshToken });
    const version = await grants.writeToken(mailbox, { accessToken, expiresAt, address: grant.address });
    await grants.succeed(lease, version, expiresAt);
    return { mailbox, kind: 'refreshed' };
  } catch (error) {
    if (error instanceof MailError) await grants.fail(lease, error.code);
    throw error;
  }
}
