// What refresh-tokens needs from the world: the token endpoint, and the grants it keeps.

import type { ErrorCode } from './errors.ts';
import type { GrantHealth } from './grant-health.ts';
import type { MailboxId } from './mailbox.ts';
import type { MailboxTrouble } from './mailbox-trouble.ts';
import type { Secret } from './secret.ts';
import type { Deadline, EpochMs } from './time.ts';
import type { AccessToken, Grant } from './token.ts';

/** Google's authorisation server, as far as it takes a grant. */
export interface TokenEndpoint {
  /** @throws MailError GRANT_DEAD, GRANT_BLOCKED_BY_POLICY, OAUTH_… */
  exchange(grant: Grant, deadline: Deadline): Promise<IssuedToken>;
  /**
   * Ends the grant, with every access token that was made of it.
   * @returns `already-dead` where Google knows it no more
   * @throws MailError OAUTH_…
   */
  revoke(grant: Grant, deadline: Deadline): Promise<'revoked' | 'already-dead'>;
}

export interface IssuedToken {
  readonly accessToken: Secret;
  readonly expiresAt: EpochMs;
  /** Only where Google replaced it. */
  readonly refreshToken?: Secret;
  /** When the grant ends whatever is done, where Google says so. */
  readonly refreshTokenExpiresAt?: EpochMs;
}

/** What a refresh leaves behind of a grant that works. */
export type RefreshFacts = Pick<
  GrantHealth,
  'tokenVersion' | 'tokenExpiresAt' | 'grantedAt' | 'refreshTokenExpiresAt' | 'pace'
>;

/** Longer than the authorisation server is waited for; what is written under a lease needs GRANT_WRITES_MS of it. */
export const GRANT_LEASE_MS = 30_000;
/**
 * For the calls to Secrets Manager that replace a grant and write its token: hardly ever a second each, and about ten with
 * their retries. A token's secret that is being deleted is tried for about eight, in several calls. Where all of it takes
 * longer, another refresh may begin before it ends.
 */
export const GRANT_WRITES_MS = 20_000;

export interface GrantLease {
  readonly mailbox: MailboxId;
  readonly token: string;
  readonly until: EpochMs;
}

/** Grants and the tokens made of them, as refresh-tokens sees them. */
export interface Grants {
  health(mailbox: MailboxId): Promise<GrantHealth>;
  /** The sole right to refresh, for GRANT_LEASE_MS; undefined while someone else has it. */
  begin(mailbox: MailboxId): Promise<GrantLease | undefined>;
  /** The same right for another GRANT_LEASE_MS; undefined where someone has taken it over. */
  extend(lease: GrantLease): Promise<GrantLease | undefined>;
  /** @throws MailError SECRET_MISSING, SECRET_MALFORMED */
  read(mailbox: MailboxId): Promise<Grant>;
  replace(mailbox: MailboxId, grant: Grant): Promise<void>;
  /**
   * @returns the version of the secret that holds the token
   * @throws MailError TOKEN_UNAVAILABLE where its secret is still being deleted
   */
  writeToken(mailbox: MailboxId, token: Omit<AccessToken, 'version'>): Promise<string>;
  succeed(lease: GrantLease, facts: RefreshFacts): Promise<void>;
  /** @param since when it failed the first time in a row */
  fail(lease: GrantLease, code: ErrorCode, since: EpochMs): Promise<void>;
  giveUp(lease: GrantLease): Promise<void>;
  /** Remembers that people were told, where there still is a grant. */
  noteAnnounced(mailbox: MailboxId, code: MailboxTrouble['code']): Promise<void>;
}

/** Where people are told of a mailbox that needs one of them. */
export interface MailboxEvents {
  announce(trouble: MailboxTrouble, deadline: Deadline): Promise<void>;
}
