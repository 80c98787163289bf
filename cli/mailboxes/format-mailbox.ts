// A mailbox as a row for people, and beneath the table what they must know or do.
import type { Prognosis } from '../../lib/core/prognosis.ts';
import type { Context } from '../command.ts';
import { formatMoment, formatSpan } from '../moment.ts';
import { harmless } from '../terminal.ts';
import { type KnownMailbox, MOST_COUNTED } from './read-mailbox.ts';

export const HEAD = ['MAILBOX', 'ADDRESS', 'GRANT', 'SENT IN 24 H', 'HELD', 'READ', 'LAST REPLY', 'WAITING'] as const;

export function rowOf(mailbox: KnownMailbox, { terminal, now }: Context): readonly string[] {
  const { profile, health, prognosis, quota, reading, unsettled } = mailbox;
  const ago = (at: number | undefined): string =>
    at === undefined ? '' : `${formatSpan(Math.max(0, now() - at))} ago`;
  const age = health.grantedAt === undefined ? '' : `, ${formatSpan(Math.max(0, now() - health.grantedAt))} old`;
  return [
    profile.id,
    harmless(profile.address),
    terminal.paint(COLOURS[prognosis.kind], `${wordOf(prognosis)}${age}`),
    `${quota.messages} of ${quota.limit}`,
    holdsOf(mailbox).join(', '),
    ago(reading.readAt),
    ago(reading.lastRoutedAt),
    unsettled > MOST_COUNTED ? `over ${MOST_COUNTED}` : String(unsettled),
  ];
}

const COLOURS = { good: 'green', ends: 'yellow', failing: 'yellow', 'needs-person': 'red' } as const;

function wordOf(prognosis: Prognosis): string {
  switch (prognosis.kind) {
    case 'good':
      return 'good';
    case 'ends':
      return `ends in ${prognosis.daysLeft} days`;
    case 'failing':
    case 'needs-person':
      return prognosis.code;
  }
}

function holdsOf({ holds: { hold, operatorHold }, reading }: KnownMailbox): readonly string[] {
  const sending = [...(operatorHold ? ['HELD_BY_OPERATOR'] : []), ...(hold ? [hold.code] : [])];
  return [...sending, ...(reading.hold ? [`reading: ${reading.hold.code}`] : [])];
}

export function tellMore(mailbox: KnownMailbox, { now, commandLine }: Context): readonly string[] {
  const { profile, prognosis, holds, reading } = mailbox;
  const { hold, operatorHold } = holds;
  const say = (text: string): string => `${profile.id}: ${text}`;
  const until = (at: number): string => `until ${formatMoment(at, now())}`;
  const lines: string[] = [];
  if (operatorHold !== undefined) {
    const end = operatorHold.until === undefined ? 'until it is released' : until(operatorHold.until);
    const reason = operatorHold.reason === undefined ? '' : ` (${harmless(operatorHold.reason)})`;
    lines.push(say(`held by a person ${end}${reason}: ${commandLine(`release ${profile.id}`)}`));
  }
  if (hold !== undefined) {
    lines.push(
      say(
        hold.until > now()
          ? `${hold.code}: sends nothing ${until(hold.until)}`
          : `${hold.code}: the next message finds out whether it may send again`,
      ),
    );
  }
  if (reading.hold !== undefined) lines.push(say(`${reading.hold.code}: is not read ${until(reading.hold.until)}`));
  if (reading.readAt === undefined) lines.push(say('was not read yet'));
  return [...lines, ...adviceOf(prognosis, commandLine).map(say)];
}

function adviceOf(prognosis: Prognosis, commandLine: Context['commandLine']): readonly string[] {
  switch (prognosis.kind) {
    case 'good':
      return [];
    case 'failing':
      return [`${prognosis.code}: ${prognosis.why}`];
    case 'ends':
    case 'needs-person':
      return [prognosis.why, prognosis.cure, commandLine(prognosis.command)];
  }
}
