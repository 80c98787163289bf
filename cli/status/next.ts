// One sentence: what will become of a message, or what a person must do.
import type { MessageStory } from '../../lib/aws/message-story.ts';
import { dispositionOf, type ErrorCode } from '../../lib/core/errors.ts';
import type { Context } from '../command.ts';
import { formatMoment } from '../moment.ts';

type Story = Pick<
  MessageStory,
  'state' | 'attempt' | 'mailbox' | 'dueAt' | 'code' | 'notAfter' | 'outcome' | 'bounces' | 'recipients' | 'released'
>;

export function sayWhatIsNext(story: Story, context: Pick<Context, 'now' | 'commandLine'>): string {
  switch (story.state) {
    case 'waiting':
      return waiting(story, context);
    case 'claimed':
    case 'transmitting':
      return 'It is being sent now; should its function die, it is taken up again, or looked for, within two minutes.';
    case 'unknown':
      return unknown(story, context);
    case 'sent':
      return sent(story);
    case 'partial':
      return 'The others have it. Send those who were refused another mail, with a new key, when their addresses are mended.';
    case 'failed':
      return failed(story);
    case 'expired':
      return 'Nothing: its notAfter passed before it could be sent. Send it anew with a new key, if it still matters.';
    case 'cancelled':
      return 'Nothing: its sender called it off.';
    case 'suppressed':
      return 'Nothing: three automatic answers went to its thread within an hour, so that two programs do not answer each other.';
    default:
      return assertNever(story.state);
  }
}

function waiting(
  { dueAt, code, attempt, mailbox, released }: Story,
  context: Pick<Context, 'now' | 'commandLine'>,
): string {
  const { commandLine, now } = context;
  // Its code is that of its last rest, which the release ended.
  if (released === true) return 'It is on the outbox again, and is sent within moments.';
  if (code === 'HELD_BY_OPERATOR') {
    return `Someone holds the mailbox: it is sent after ${commandLine(`release ${mailbox}`)}, or when the hold ends.`;
  }
  if (dueAt === undefined) return aside(code, context);
  const when = formatMoment(dueAt, now());
  if (attempt === 0) return `It is sent at its time: ${when}.`;
  if (code !== undefined && dispositionOf(code) === 'wait-for-mailbox') {
    return `Its mailbox cannot send (${code}): it goes when that is over. See ${commandLine('mailboxes')}`;
  }
  return `It is tried again ${when}.`;
}

/** Only a repeat or a redrive takes it up. */
function aside(code: ErrorCode | undefined, { commandLine }: Pick<Context, 'commandLine'>): string {
  return `It was put aside: mend the cause (${code ?? 'its log says which'}; docs/troubleshooting.md), then ${commandLine('redrive')}`;
}

function unknown({ dueAt }: Story, { now }: Pick<Context, 'now'>): string {
  if (dueAt === undefined) {
    return 'It may or may not have been sent, and no copy was found: look for its Message-ID in the mailbox (in:anywhere rfc822msgid:...), and send it anew with a new key if it is missing.';
  }
  return `It may or may not have been sent: its copy is looked for ${formatMoment(dueAt, now())}, and then it is settled.`;
}

function sent({ bounces }: Story): string {
  const hard = bounces.some(({ type }) => type === 'hard');
  if (hard) return 'It bounced: ask for another address, and do not send there again.';
  return bounces.length > 0 ? 'It bounced for now: the address may take mail later.' : 'Nothing: it was sent.';
}

function failed({ outcome }: Story): string {
  const code = outcome?.kind === 'failed' ? outcome.code : 'its code';
  return `It will never be sent: docs/troubleshooting.md has ${code}. The same request fails again; mend it and send it with a new key.`;
}

function assertNever(state: never): never {
  throw new TypeError(`no such state: ${String(state)}`);
}
