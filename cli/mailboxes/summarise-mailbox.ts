// A mailbox as --json prints it; the help names the fields.
import type { KnownMailbox } from './read-mailbox.ts';

export function summarise({ profile, health, prognosis, quota, holds, reading, unsettled }: KnownMailbox): object {
  const { hold, operatorHold } = holds;
  const { readAt, lastRoutedAt: lastReplyAt, failures: failedPolls } = reading;
  return {
    mailbox: profile.id,
    address: profile.address,
    plan: profile.plan,
    protocol: profile.protocol,
    health: prognosis.kind,
    grant: { grantedAt: health.grantedAt, refreshedAt: health.refreshedAt, ...prognosisOf({ prognosis }) },
    quota,
    sendingHold: hold && { code: hold.code, since: hold.since, until: hold.until },
    operatorHold: operatorHold && { code: 'HELD_BY_OPERATOR', ...operatorHold },
    readingHold: reading.hold,
    readAt,
    lastReplyAt,
    failedPolls,
    unsettled,
  };
}

function prognosisOf({ prognosis }: Pick<KnownMailbox, 'prognosis'>): object {
  switch (prognosis.kind) {
    case 'good':
      return {};
    case 'ends': {
      const { at: endsAt, cause, why, cure, command } = prognosis;
      return { endsAt, cause, why, cure, command };
    }
    case 'needs-person': {
      const { code, since, cause, why, cure, command } = prognosis;
      return { code, since, cause, why, cure, command };
    }
    case 'failing': {
      const { code, since, why } = prognosis;
      return { code, since, why };
    }
  }
}
