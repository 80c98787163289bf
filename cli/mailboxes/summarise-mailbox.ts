// A mailbox as --json prints it; the help names the fields.
import type { Prognosis } from '../../lib/core/prognosis.ts';
import type { Context } from '../command.ts';
import type { KnownMailbox } from './read-mailbox.ts';

export function summarise(
  { profile, health, prognosis, quota, holds, reading, unsettled }: KnownMailbox,
  { commandLine }: Pick<Context, 'commandLine'>,
): object {
  const { hold, operatorHold } = holds;
  const { readAt, lastRoutedAt: lastReplyAt, failures: failedPolls } = reading;
  return {
    mailbox: profile.id,
    address: profile.address,
    plan: profile.plan,
    protocol: profile.protocol,
    health: prognosis.kind,
    grant: { grantedAt: health.grantedAt, refreshedAt: health.refreshedAt, ...prognosisOf(prognosis, commandLine) },
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

function prognosisOf(prognosis: Prognosis, commandLine: Context['commandLine']): object {
  switch (prognosis.kind) {
    case 'good':
      return {};
    case 'ends': {
      const { at: endsAt, cause, why, cure, command } = prognosis;
      return { endsAt, cause, why, cure, command: commandLine(command) };
    }
    case 'needs-person': {
      const { code, since, cause, why, cure, command } = prognosis;
      return { code, since, cause, why, cure, command: commandLine(command) };
    }
    case 'failing': {
      const { code, since, why } = prognosis;
      return { code, since, why };
    }
  }
}
