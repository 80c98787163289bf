// What people are told of a mailbox that needs one of them: at least once for each trouble, and each day while it lasts. Pure.
import type { ErrorCode } from './errors.ts';
import type { GrantHealth } from './grant-health.ts';
import type { MailboxId } from './mailbox.ts';
import type { GrantCause, Prognosis } from './prognosis.ts';
import type { EpochMs } from './time.ts';

/** Never an address or a secret: it leaves Mailroom. */
export interface MailboxTrouble {
  readonly mailbox: MailboxId;
  /** `GRANT_ENDS` of a grant that still works. */
  readonly code: ErrorCode | 'GRANT_ENDS';
  readonly cause: GrantCause;
  readonly why: string;
  readonly cure: string;
  /** What to run, behind `npx mailroom`. Of which stack, those add who know it. */
  readonly command: string;
  /** Since when it has not worked. */
  readonly since?: EpochMs;
  /** When it ends. */
  readonly endsAt?: EpochMs;
}

/** Long enough to act in working hours, and short enough that nobody has forgotten it. */
const WARNING_DAYS = 2;
const REPEAT_MS = 24 * 3_600_000;

/** Undefined where nobody needs to do anything yet. */
export function troubleOf(mailbox: MailboxId, prognosis: Prognosis): MailboxTrouble | undefined {
  switch (prognosis.kind) {
    case 'good':
    case 'failing':
      return undefined;
    case 'ends': {
      const { at: endsAt, daysLeft, cause, why, cure, command } = prognosis;
      return daysLeft <= WARNING_DAYS ? { mailbox, code: 'GRANT_ENDS', cause, why, cure, command, endsAt } : undefined;
    }
    case 'needs-person': {
      const { code, cause, why, cure, command, since } = prognosis;
      return { mailbox, code, cause, why, cure, command, ...(since !== undefined && { since }) };
    }
  }
}

/** Whether it has not been announced yet, or so long ago that it is announced again. */
export function isToAnnounce({ code, since }: MailboxTrouble, health: GrantHealth, now: EpochMs): boolean {
  const { announcedAt, announcedCode } = health;
  if (announcedAt === undefined || announcedCode !== code) return true;
  // What was announced then was another trouble of the same kind, mended meanwhile.
  if (since !== undefined && announcedAt < since) return true;
  return now - announcedAt >= REPEAT_MS;
}
