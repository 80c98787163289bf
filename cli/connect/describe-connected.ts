// What `connect` says in the end: that it is done, what is odd about the mailbox, and what comes next.
import { dispositionOf, type ErrorCode, isErrorCode } from '../../lib/core/errors.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { type Prognosis, prognose } from '../../lib/core/prognosis.ts';
import type { Authorised } from '../../lib/google/authorisation.ts';
import type { Context } from '../command.ts';
import type { LoginNote } from './check-logins.ts';
import type { RunTrouble } from './first-runs.ts';
import type { TestMail } from './test-mail.ts';

export interface Connected {
  readonly profile: MailboxProfile;
  readonly granted: Authorised;
  readonly notes: readonly LoginNote[];
  readonly runs: readonly RunTrouble[];
  readonly testMail: TestMail | undefined;
}

export interface Description {
  readonly value: object;
  readonly text: string;
  /** Something of it will not mend by itself. */
  readonly needsPerson: boolean;
}

export function describeConnected(context: Context, connected: Connected): Description {
  const { profile, granted, notes, runs, testMail } = connected;
  const { terminal } = context;
  const end = endOf(context, profile, granted);
  const lines = [
    terminal.paint('green', `Connected ${profile.address} as the mailbox ${profile.id}.`),
    ...(testMail === undefined ? [] : [sayTestMail(testMail)]),
    ...notes.map(({ text }) => `${terminal.paint('yellow', 'Note:')} ${text}.`),
    ...runs.map(({ what, code, text }) => `${terminal.paint('yellow', `${what} failed`)} (${code}): ${text}.`),
    ...(end === undefined ? [] : [terminal.paint('yellow', sayEnd(end))]),
    '',
    'Next:',
    `  ${context.commandLine(`send ${profile.id} --to you@example.com --subject Hello --text Hello`)}`,
    `  ${context.commandLine('replies --follow')}`,
    `  ${context.commandLine('mailboxes')}`,
  ];
  const value = {
    kind: 'connected',
    mailbox: profile.id,
    address: profile.address,
    ...(end !== undefined && { endsAt: end.at }),
    notes,
    troubles: runs,
    ...(testMail !== undefined && { testMail }),
  };
  const lasts = runs.some(({ code }) => !isPassing(code));
  const needsPerson = end !== undefined || lasts || testMail?.kind === 'not-accepted';
  return { value, text: lines.join('\n'), needsPerson };
}

/** Of those that let a mailbox rest. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['MAILBOX_THROTTLED', 'CONNECTIONS_EXHAUSTED', 'BANDWIDTH_EXCEEDED']);

/** The schedules try it again, and nobody need do anything. */
function isPassing(code: string): boolean {
  return isErrorCode(code) && (dispositionOf(code) === 'retry' || PASSING.has(code));
}

type End = Extract<Prognosis, { kind: 'ends' }>;

/** As `mailboxes` and `doctor` will say it. */
function endOf({ now }: Context, { id }: MailboxProfile, { refreshTokenExpiresAt }: Authorised): End | undefined {
  const prognosis = prognose(id, { grantedAt: now(), refreshedAt: now(), refreshTokenExpiresAt }, now());
  return prognosis.kind === 'ends' ? prognosis : undefined;
}

function sayEnd({ at, why, cure }: End): string {
  return `This grant ends on ${new Date(at).toISOString().slice(0, 10)}. ${why} ${cure}`;
}

function sayTestMail(mail: TestMail): string {
  switch (mail.kind) {
    case 'kept':
      return [
        `It sent itself a mail: the Message-ID was ${mail.isMessageIdKept ? 'kept' : 'REPLACED, so replies are matched by their thread only'},`,
        `the From ${mail.isFromKept ? 'kept' : 'REPLACED'}; the copy was in Sent after ${(mail.copyMs / 1_000).toFixed(1)} s.`,
      ].join(' ');
    case 'copy-missing':
      return 'It sent itself a mail, which was accepted, but whose copy was not in Sent within 90 s: after a lost connection Mailroom may send a mail again (docs/settling.md).';
    case 'accepted':
      return 'It sent itself a mail, which was accepted; by POP3 its copy cannot be looked for.';
    case 'not-accepted':
      return `It could not send itself a mail (${mail.code}): docs/troubleshooting.md has the code.`;
    case 'not-checked':
      return `What Gmail makes of its mail could not be seen from this machine (${mail.code}).`;
    default:
      return mail satisfies never;
  }
}
