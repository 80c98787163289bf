// What was deleted of a person, and what is left: counted from what was really changed.
import type { MessageStory } from '../../lib/aws/message-story.ts';
import { isTheirsAlone } from '../../lib/core/forgetting.ts';
import type { Context } from '../command.ts';
import { counted } from '../counted.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { harmless } from '../terminal.ts';
import type { PersonalData } from './find-data.ts';

export interface End extends Pick<PersonalData, 'waiting' | 'mails' | 'malformed'> {
  readonly address: string;
  /** Of --dry-run: what would be changed. */
  readonly changed: readonly MessageStory[];
  readonly unchanged: readonly MessageStory[];
  readonly cancelled: number;
  readonly isDeleted: boolean;
}

const CANNOT_DELETE = [
  'mails in Gmail itself, sent and received: search for the address there',
  'events that consumers have taken from the queue of replies',
  'what lies in the queues now (4 days at most) and in the dead-letter queues (14 days)',
  'backups of the tables (35 days)',
] as const;

export function report(context: Context, end: End): ExitCode {
  const value = {
    ...countsOf(end.changed, end.address),
    mails: end.mails.length,
    waiting: end.waiting.map(nameOf),
    unchanged: end.unchanged.map(nameOf),
    cancelled: end.cancelled,
    malformed: end.malformed,
    deleted: end.isDeleted,
    cannotDelete: CANNOT_DELETE,
  };
  context.terminal.result(value, end.isDeleted ? 'deleted' : 'nothing was changed');
  tellWhatIsLeft(context, end);
  return end.unchanged.length > 0 ? EXIT.failed : EXIT.done;
}

export function countsOf(stories: readonly MessageStory[], address: string) {
  const withContext = stories.filter(({ context }) => context !== undefined);
  const contexts = withContext.filter((story) => isTheirsAlone(story, address)).length;
  return { messages: stories.length, contexts, sharedContexts: withContext.length - contexts };
}

function nameOf({ mailbox, idempotencyKey: key, state }: MessageStory) {
  return { mailbox, key, state };
}

function tellWhatIsLeft({ terminal, commandLine }: Context, end: End): void {
  const { waiting, unchanged, malformed, cancelled, address } = end;
  const again = commandLine(`forget ${address}`);
  if (cancelled > 0) terminal.note(`${counted(cancelled, 'message')} called off`);
  for (const { mailbox, idempotencyKey, state } of waiting) {
    terminal.note(`left: message ${harmless(idempotencyKey)} of ${mailbox} is ${state}`);
  }
  if (end.isDeleted && waiting.length > 0) terminal.note(`when those are settled, or with --cancel: ${again}`);
  for (const { mailbox, idempotencyKey } of unchanged) {
    terminal.note(`left: message ${harmless(idempotencyKey)} of ${mailbox} is being changed by others: ${again}`);
  }
  for (const key of malformed) terminal.note(`left: record ${key} cannot be read (RECORD_MALFORMED)`);
  terminal.note(`It cannot delete:\n${CANNOT_DELETE.map((what) => `- ${what}`).join('\n')}`);
}
