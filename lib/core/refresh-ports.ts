// What refresh-tokens needs from the world: the token endpoint, and the grants it keeps.
import type { ErrorCode } from './errors.ts';
import type { MailboxId } from './mailbox.ts';
import type { Secret } from './secret.ts';
import type { Deadline, EpochMs } from './time.ts';
import type { AccessToken, Grant } from './token.ts';

/** Google's token endpoint. */
export interface TokenEndpoint {
  /** @throws MailError GRANT_DEAD, GRANT_BLOCKED_BY_POLICY, OAUTH_… */
  exchange(grant: Grant, deadline: Deadline): Promise<IssuedToken>;
}

export interface IssuedToken {
  readonly accessToken: Secret;
  readonly expiresAt: EpochMs;
  /** Only where Google replaced it. */
  readonly refreshToken?: Secret;
}

/** What is known of a mailbox's grant, without reading it. */
export interface GrantHealth {
  readonly tokenVersion?: string | undefined;
  readonly tokenExpiresAt?: EpochMs | undefined;
  readonly refreshedAt?: EpochMs | undefined;
  /** Someone is refreshing it until then. */
  readonly refreshingUntil?: EpochMs | undefined;
  /** Why it could not be refreshed the last time, if it could not. */
  readonly failure?: string | undefined;
}

export interface GrantLease {
  readonly mailbox: MailboxId;
  readonly token: string;
}

/** Grants and the tokens made of them, as refresh-tokens sees them. */
export interface Grants {
  health(mailbox: MailboxId): Promise<GrantHealth>;
  /** The sole right to refresh; undefined while someone else has it. */
  begin(mailbox: MailboxId, until: EpochMs): Promise<GrantLease | undefined>;
  /** @throws MailError SECRET_MISSING, SECRET_MALFORMED */
  read(mailbox: MailboxId): Promise<Grant>;
  replace(mailbox: MailboxId, grant: Grant): Promise<void>;
  /** @returns the version of the secret that holds the token */
  writeToken(mailbox: MailboxId, token: Omit<AccessToken, 'version'>): Promise<string>;
  succeed(lease: GrantLease, tokenVersion: string, expiresAt: EpochMs): Promise<void>;
  fail(lease: GrantLease, code: ErrorCode): Promise<void>;
  giveUp(lease: GrantLease): Promise<void>;
}
