// Two programs that answer each other never stop by themselves: RFC 3834 section 2 asks for a limit. Ours is three automatic
// answers in a thread within an hour. Pure: the answers so far go in, and whether there may be another comes out.
import type { MailboxId } from './mailbox.ts';
import type { MessageKey } from './message-key.ts';
import { after, type EpochMs } from './time.ts';

/** The automatic answers of one thread within the last hour. */
export type AutomaticAnswers = readonly { readonly key: MessageKey; readonly at: EpochMs }[];

export const MOST_ANSWERS = 3;
const WITHIN_MS = 3_600_000;

/** @returns with this answer among them, or until when there may be no other. A repeat of an answer counts once. */
export function admit(
  before: AutomaticAnswers,
  key: MessageKey,
  now: EpochMs,
):
  | { readonly kind: 'admitted'; readonly answers: AutomaticAnswers }
  | { readonly kind: 'stopped'; readonly until: EpochMs } {
  const recent = withinAnHour(before, now);
  if (recent.some((answer) => answer.key === key)) return { kind: 'admitted', answers: recent };
  const until = stoppedUntil(recent, now);
  if (until !== undefined) return { kind: 'stopped', until };
  return { kind: 'admitted', answers: [...recent, { key, at: now }] };
}

/** Undefined where there may be another answer now. */
export function stoppedUntil(answers: AutomaticAnswers, now: EpochMs): EpochMs | undefined {
  const recent = withinAnHour(answers, now);
  const oldest = recent.at(-MOST_ANSWERS);
  return oldest === undefined ? undefined : after(oldest.at, WITHIN_MS);
}

function withinAnHour(answers: AutomaticAnswers, now: EpochMs): AutomaticAnswers {
  return answers.filter(({ at }) => now - at < WITHIN_MS);
}

/** Keeps two programs from answering each other without end. */
export interface AnswerGovernor {
  /** Undefined where this message may go; else until when no automatic answer may go to the thread. */
  admit(mailbox: MailboxId, thread: string, message: MessageKey): Promise<EpochMs | undefined>;
  /** Undefined where an automatic answer may go to the thread now. */
  stoppedUntil(mailbox: MailboxId, thread: string): Promise<EpochMs | undefined>;
}
