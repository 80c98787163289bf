// Keeps access tokens fresh: one refresh of a mailbox at a time, whoever asks, and none that is not needed.

import { setTimeout } from 'node:timers/promises';
import { codeOf, type ErrorCode, MailError } from '../../lib/core/errors.ts';
import type { GrantHealth } from '../../lib/core/grant-health.ts';
import type { MailboxId } from '../../lib/core/mailbox.ts';
import { afterWrite, nextWriteAt } from '../../lib/core/refresh-pace.ts';
import {
  GRANT_WRITES_MS,
  type GrantLease,
  type Grants,
  type RefreshFacts,
  type TokenEndpoint,
} from '../../lib/core/refresh-ports.ts';
import type { Clock, Deadline } from '../../lib/core/time.ts';
import { logFailure } from '../invocation.ts';

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
  /** A schedule keeps a pace by itself; whoever else asks is held to one. */
  readonly isScheduled: boolean;
}

export type RefreshFailure = {
  readonly mailbox: MailboxId;
  readonly kind: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
};
export type RefreshResult = { readonly mailbox: MailboxId; readonly kind: 'refreshed' | 'fresh' } | RefreshFailure;

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
    while (deadline.remainingMs() > 0) {
      if (isFresh(await ports.grants.health(mailbox), request, ports.now)) return { mailbox, kind: 'fresh' };
      const lease = await ports.grants.begin(mailbox);
      if (lease !== undefined) return await refreshUnder(ports, lease, request, deadline);
      // Someone else is refreshing it: its token will serve us too. If they failed, it is our turn.
      await setTimeout(WATCH_MS);
    }
    throw new MailError('DEADLINE_EXCEEDED', `mailbox ${mailbox}: there was no time left to refresh its token`);
  } catch (error) {
    return failureOf(mailbox, error instanceof MailError ? error : faultOf(mailbox, error));
  }
}

/** AWS could not be asked, or refused: nothing is wrong with the grant. */
function faultOf(mailbox: MailboxId, error: unknown): MailError {
  logFailure(error, { mailbox });
  return new MailError(
    'TOKEN_UNAVAILABLE',
    `mailbox ${mailbox}: an unexpected fault, the log of RefreshTokens says where`,
  );
}

/** @throws what is no MailError */
export function failureOf(mailbox: MailboxId, error: unknown): RefreshFailure {
  if (!(error instanceof MailError)) throw error;
  return { mailbox, kind: 'failed', code: error.code, message: error.message };
}

function isFresh(health: GrantHealth, request: RefreshRequest, now: Clock): boolean {
  const { refused } = request;
  // What made a server refuse one token, such as a new password, ended all that were issued before.
  if (refused !== undefined && now() - (health.refreshedAt ?? 0) > JUST_REFRESHED_MS) return false;
  return mayServe(health, request, now);
}

function mayServe(health: GrantHealth, { refused, minimumMs }: RefreshRequest, now: Clock): boolean {
  const { tokenVersion, tokenExpiresAt, failure } = health;
  // Whether it has been mended only Google can say.
  if (failure !== undefined) return false;
  if (tokenVersion === undefined || tokenExpiresAt === undefined || tokenVersion === refused) return false;
  return tokenExpiresAt - now() > minimumMs;
}

async function refreshUnder(
  ports: RefreshPorts,
  lease: GrantLease,
  request: RefreshRequest,
  deadline: Deadline,
): Promise<RefreshResult> {
  const { grants, now } = ports;
  let health: GrantHealth = {};
  try {
    // Whoever held the lease before us may have refreshed between our look and our lease.
    health = await grants.health(lease.mailbox);
    const known = answerWithout(health, request, now);
    if (known !== undefined) {
      await grants.giveUp(lease);
      return known;
    }
    await grants.succeed(lease, await makeToken(ports, lease, health, deadline));
    return { mailbox: lease.mailbox, kind: 'refreshed' };
  } catch (error) {
    // Of a fault too: others need not wait for the lease to run out, and people see that the grant does not fare well.
    await grants.fail(lease, codeOf(error) ?? 'TOKEN_UNAVAILABLE', health.failingSince ?? now());
    throw error;
  }
}

/** What is answered without asking Google; undefined where it is to be asked. */
function answerWithout(health: GrantHealth, request: RefreshRequest, now: Clock): RefreshResult | undefined {
  const { mailbox, isScheduled } = request;
  if (isFresh(health, request, now)) return { mailbox, kind: 'fresh' };
  // A new grant has no token yet: whoever connected the mailbox waits for it.
  if (isScheduled || health.tokenVersion === undefined) return undefined;
  const nextAt = nextWriteAt(health.pace, now());
  if (nextAt <= now()) return undefined;
  // Older than the refusal of another, and better than none.
  if (mayServe(health, request, now)) return { mailbox, kind: 'fresh' };
  const next = new Date(nextAt).toISOString();
  const message = `mailbox ${mailbox}: its tokens were refused too often: another is made from ${next} on, or by the schedule`;
  return { mailbox, kind: 'failed', code: 'TOKEN_UNAVAILABLE', message };
}

async function makeToken(
  { grants, endpoint, now }: RefreshPorts,
  lease: GrantLease,
  { pace }: GrantHealth,
  deadline: Deadline,
): Promise<RefreshFacts> {
  const { mailbox } = lease;
  const grant = await grants.read(mailbox);
  const { accessToken, expiresAt, refreshToken, ...issued } = await endpoint.exchange(grant, deadline);
  const { refreshTokenExpiresAt = grant.refreshTokenExpiresAt } = issued;
  await keepForWrites(grants, lease, now);
  // First of all: Google no longer takes the old one.
  if (refreshToken !== undefined) await grants.replace(mailbox, { ...grant, refreshToken, refreshTokenExpiresAt });
  const tokenVersion = await grants.writeToken(mailbox, { accessToken, expiresAt, address: grant.address });
  const { grantedAt } = grant;
  return { tokenVersion, tokenExpiresAt: expiresAt, grantedAt, refreshTokenExpiresAt, pace: afterWrite(pace, now()) };
}

/** A secret has no conditional write: what is written must be written while nobody else may, or it undoes what they did. */
async function keepForWrites(grants: Grants, lease: GrantLease, now: Clock): Promise<void> {
  if (lease.until - now() >= GRANT_WRITES_MS) return;
  if ((await grants.extend(lease)) !== undefined) return;
  throw new MailError(
    'LEASE_LOST',
    `mailbox ${lease.mailbox}: another refresh took over, because this one was too slow`,
  );
}
