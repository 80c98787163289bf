// What is known of a mailbox's grant, without reading it.
import type { ErrorCode } from './errors.ts';
import type { EpochMs } from './time.ts';

/** The item `ID#grant` of the Mailboxes table. */
export interface GrantHealth {
  /** When the owner of the mailbox consented. */
  readonly grantedAt?: EpochMs | undefined;
  /** When the grant ends whatever is done, where Google has said so. */
  readonly refreshTokenExpiresAt?: EpochMs | undefined;
  readonly tokenVersion?: string | undefined;
  readonly tokenExpiresAt?: EpochMs | undefined;
  /** When Google last gave a token for it. */
  readonly refreshedAt?: EpochMs | undefined;
  /** Someone is refreshing it until then. */
  readonly refreshingUntil?: EpochMs | undefined;
  /** Why it could not be refreshed the last time, if it could not. */
  readonly failure?: ErrorCode | undefined;
  readonly failedAt?: EpochMs | undefined;
  /** When it failed the first time since it last worked. */
  readonly failingSince?: EpochMs | undefined;
  /** When people were last told that it needs one of them, and why it did. */
  readonly announcedAt?: EpochMs | undefined;
  readonly announcedCode?: string | undefined;
  /** How much of their pace the written tokens have used (lib/core/refresh-pace.ts). */
  readonly pace?: EpochMs | undefined;
}
