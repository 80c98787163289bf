// What is to be expected of a mailbox's grant, told from what is known without reading it: that it works, that it ends on a
// day that is known, or that it needs a person, with the likely cause and the cure. Pure.
// When Google ends a refresh token: https://developers.google.com/identity/protocols/oauth2#expiration
import type { ErrorCode } from './errors.ts';
import type { GrantHealth } from './grant-health.ts';
import type { MailboxId } from './mailbox.ts';
import { after, type EpochMs, toEpochMs } from './time.ts';

/** Why a grant ended or will end, as far as it can be known. */
export type GrantCause =
  /** The consent screen is External and in Testing: its grants end after seven days. */
  | 'testing-mode'
  /** Who consented did so for a time only. */
  | 'time-limited'
  /** Google ends a grant that was not used for six months. */
  | 'unused'
  /** Revoked, a new password, or one of more than a hundred: Google does not say which. */
  | 'revoked-or-password'
  /** An administrator's policy. */
  | 'policy'
  /** The OAuth client is deleted, or its secret is another. */
  | 'client'
  /** The secret that holds the grant is not there or cannot be read. */
  | 'secret'
  /** What mostly passes by itself has not. */
  | 'lasting';

/** `command`: what to run, behind `npx mailroom`; of which stack, those add who know it. */
export type Prognosis =
  | { readonly kind: 'good'; readonly ageDays: number | undefined }
  | {
      readonly kind: 'ends';
      readonly at: EpochMs;
      /** With one decimal, rounded down; 0 where the time has passed. */
      readonly daysLeft: number;
      readonly cause: GrantCause;
      readonly why: string;
      readonly cure: string;
      readonly command: string;
    }
  | {
      readonly kind: 'needs-person';
      readonly code: ErrorCode;
      readonly since: EpochMs | undefined;
      readonly cause: GrantCause;
      readonly why: string;
      readonly cure: string;
      readonly command: string;
    }
  /** Tried again by itself. */
  | { readonly kind: 'failing'; readonly code: ErrorCode; readonly since: EpochMs | undefined; readonly why: string };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TESTING_DAYS = 7;
/** A death is seen at the next refresh, and a mailbox that needs none may not be refreshed for a while. */
const TESTING_MARGIN_MS = 6 * HOUR_MS;
const UNUSED_DAYS = 180;
/** Refreshed each half hour, a grant is unused only where refreshing has stopped. */
const UNUSED_WARNING_DAYS = 30;
/** Longer than Google is out of order. */
const PASSING_MS = 6 * HOUR_MS;
/** Between Google's clock and ours. */
const SKEW_MS = HOUR_MS;

export function prognose(mailbox: MailboxId, health: GrantHealth, now: EpochMs): Prognosis {
  const { failure, failingSince: since, grantedAt } = health;
  if (failure !== undefined) {
    const cause = causeOf(failure, health, now);
    if (cause === undefined) return { kind: 'failing', code: failure, since, why: WHY_FAILING };
    return { kind: 'needs-person', code: failure, since, cause, ...WORDS[cause], command: commandFor(mailbox, cause) };
  }
  const end = endOf(health);
  if (end !== undefined && end.at - now <= end.warningMs) {
    const daysLeft = Math.max(0, Math.floor(((end.at - now) * 10) / DAY_MS) / 10);
    const { cause, at } = end;
    return { kind: 'ends', at, daysLeft, cause, ...WORDS[cause], command: commandFor(mailbox, cause) };
  }
  const ageDays = grantedAt === undefined ? undefined : Math.max(0, Math.floor((now - grantedAt) / DAY_MS));
  return { kind: 'good', ageDays };
}

/** What mends a grant. The client that the stack keeps is the one that was refused: it needs another. */
function commandFor(mailbox: MailboxId, cause: GrantCause): string {
  return `connect ${mailbox}${cause === 'client' ? ' --client FILE' : ''}`;
}

/** Undefined for what may pass by itself. */
function causeOf(code: ErrorCode, health: GrantHealth, now: EpochMs): GrantCause | undefined {
  switch (code) {
    case 'GRANT_DEAD':
      return causeOfDeath(health, now);
    case 'GRANT_BLOCKED_BY_POLICY':
      return 'policy';
    case 'OAUTH_CLIENT_REFUSED':
      return 'client';
    case 'SECRET_MISSING':
    case 'SECRET_MALFORMED':
      return 'secret';
    default:
      return now - (health.failingSince ?? now) >= PASSING_MS ? 'lasting' : undefined;
  }
}

/** Google says `invalid_grant` and no more: when it happened tells the likely cause. */
function causeOfDeath(health: GrantHealth, now: EpochMs): GrantCause {
  const { grantedAt, refreshTokenExpiresAt, refreshedAt } = health;
  const diedAt = health.failingSince ?? health.failedAt ?? now;
  if (refreshTokenExpiresAt !== undefined) {
    if (refreshTokenExpiresAt <= diedAt + SKEW_MS) return causeOfEnd(grantedAt, refreshTokenExpiresAt);
  } else if (grantedAt !== undefined && Math.abs(diedAt - grantedAt - TESTING_DAYS * DAY_MS) <= TESTING_MARGIN_MS) {
    return 'testing-mode';
  }
  const lastUsedAt = refreshedAt ?? grantedAt;
  const isUnused = lastUsedAt !== undefined && diedAt - lastUsedAt >= UNUSED_DAYS * DAY_MS;
  return isUnused ? 'unused' : 'revoked-or-password';
}

interface End {
  readonly at: EpochMs;
  readonly cause: GrantCause;
  /** How long before it is worth a word. */
  readonly warningMs: number;
}

function endOf({ grantedAt, refreshTokenExpiresAt, refreshedAt }: GrantHealth): End | undefined {
  // Where Google gave a token after that time, it did not end then.
  if (refreshTokenExpiresAt !== undefined && (refreshedAt ?? 0) < refreshTokenExpiresAt + SKEW_MS) {
    const cause = causeOfEnd(grantedAt, refreshTokenExpiresAt);
    return { at: refreshTokenExpiresAt, cause, warningMs: Number.POSITIVE_INFINITY };
  }
  const lastUsedAt = refreshedAt ?? grantedAt;
  if (lastUsedAt === undefined) return undefined;
  return { at: after(lastUsedAt, UNUSED_DAYS * DAY_MS), cause: 'unused', warningMs: UNUSED_WARNING_DAYS * DAY_MS };
}

/** Testing gives seven days; whoever consents for a time chooses another. */
function causeOfEnd(grantedAt: EpochMs | undefined, endsAt: EpochMs): GrantCause {
  const isOfTesting =
    grantedAt === undefined || endsAt - grantedAt <= toEpochMs(TESTING_DAYS * DAY_MS + TESTING_MARGIN_MS);
  return isOfTesting ? 'testing-mode' : 'time-limited';
}

const WHY_FAILING =
  "Google's token server asks for time, does not answer, or answers with a fault, or its token could not be stored: tried again by itself.";

const WORDS: Readonly<Record<GrantCause, { readonly why: string; readonly cure: string }>> = {
  'testing-mode': {
    why: 'The consent screen of the Google project is in Testing: Google ends its grants after seven days.',
    cure: 'Move the consent screen to In production (Google Cloud console, Google Auth Platform, Audience), then connect the mailbox again.',
  },
  'time-limited': {
    why: 'Whoever consented for the mailbox did so for a limited time.',
    cure: 'Connect the mailbox again, without a time limit.',
  },
  unused: {
    why: 'Google ends a grant that is not used for six months.',
    cure: 'See that the RefreshTokens function runs each half hour; where the grant has ended, connect the mailbox again.',
  },
  'revoked-or-password': {
    why: 'Google no longer takes the grant: it was revoked, the password of the account was changed, the account was suspended, or more than a hundred grants were made for it.',
    cure: 'Connect the mailbox again.',
  },
  policy: {
    why: 'A policy of the Workspace keeps the app from the mailbox.',
    cure: 'An administrator allows the app (Admin console, Security, Access and data control, API controls); then connect the mailbox again.',
  },
  client: {
    why: 'Google refuses the OAuth client: it was deleted or disabled, or its secret was replaced.',
    cure: 'Look at the client in the Google Cloud console (Google Auth Platform, Clients), download its JSON, and connect the mailbox again with that file.',
  },
  secret: {
    why: 'The secret that holds the grant is not there, or cannot be read.',
    cure: 'Connect the mailbox again, then run mailroom redrive: mail that met it lies in the dead-letter queue of the outbox.',
  },
  lasting: {
    why: 'For more than six hours no token could be made or stored, for a reason that mostly passes by itself.',
    cure: 'Look up the code in docs/troubleshooting.md, and what Google or AWS said in the log of RefreshTokens; where neither helps, connect the mailbox again.',
  },
};
