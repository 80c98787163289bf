// Deletes what is kept of a person.
import * as v from 'valibot';
import type { MessageStory } from '../../lib/aws/message-story.ts';
import { forgetIn } from '../../lib/aws/people-in-messages.ts';
import { deleteRawMail, type RawMail } from '../../lib/aws/raw-mails.ts';
import { type EmailAddress, EmailAddressSchema } from '../../lib/core/address.ts';
import { isTheirsAlone } from '../../lib/core/forgetting.ts';
import type { Context } from '../command.ts';
import { counted } from '../counted.ts';
import type { Deployment } from '../deployment.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { Problem } from '../problem.ts';
import { formatFields } from '../table.ts';
import { harmless } from '../terminal.ts';
import { cancelWaiting } from './cancel-waiting.ts';
import { findData, type PersonalData } from './find-data.ts';

export interface ForgetOptions {
  readonly address: string;
  readonly cancel?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

const CANNOT_DELETE = [
  'mails in Gmail itself, sent and received: search for the address there',
  'events that consumers have taken from the queue of replies',
  'what lies in the queues now (4 days at most) and in the dead-letter queues (14 days)',
  'backups of the tables (35 days)',
] as const;

export async function forget(context: Context, options: ForgetOptions): Promise<ExitCode> {
  const { terminal } = context;
  const address = parseAddress(options.address);
  if (terminal.isJson && options.yes !== true && options.dryRun !== true) {
    throw new Problem('USAGE', 'nobody is here to answer', 'give --yes or --dry-run');
  }
  const deployment = await context.deployment();
  const data = await findData(context, deployment, address);
  terminal.note(describe(data, address));
  if (options.dryRun === true) return report(context, data, { address, cancelled: 0, isDeleted: false });
  if (options.yes !== true && !(await terminal.confirm('Delete it?'))) {
    throw new Problem('NOT_CONFIRMED', 'nothing was deleted', 'answer y, or give --yes');
  }
  const cancelled = options.cancel === true ? await cancelWaiting(context, deployment, data.waiting) : [];
  await deleteMails(context, deployment, data.mails);
  const kept = await deleteFromMessages(context, deployment, [...data.settled, ...cancelled], address);
  const waiting = [...data.waiting.filter((story) => !cancelled.includes(story)), ...kept];
  return report(context, { ...data, waiting }, { address, cancelled: cancelled.length, isDeleted: true });
}

function parseAddress(text: string): EmailAddress {
  const parsed = v.safeParse(EmailAddressSchema, text);
  if (parsed.success) return parsed.output;
  throw new Problem('USAGE', 'that is no email address', 'give it alone, such as ada@example.org');
}

async function deleteMails(
  { terminal, signal }: Context,
  { s3, outputs }: Deployment,
  mails: readonly RawMail[],
): Promise<void> {
  await terminal.during(`deleting ${counted(mails.length, 'raw mail')}`, async () => {
    for (const mail of mails) {
      signal.throwIfAborted();
      await deleteRawMail(s3, outputs.MailBucket, mail);
    }
  });
}

/** @returns those that could not be changed: to be named like those that wait */
async function deleteFromMessages(
  { terminal, signal }: Context,
  { db, outputs }: Deployment,
  stories: readonly MessageStory[],
  address: string,
): Promise<readonly MessageStory[]> {
  return terminal.during(`changing ${counted(stories.length, 'record')}`, async () => {
    const kept: MessageStory[] = [];
    for (const story of stories) {
      signal.throwIfAborted();
      if (!(await forgetIn(db, outputs.MessagesTable, story, address))) kept.push(story);
    }
    return kept;
  });
}

interface End {
  readonly address: EmailAddress;
  readonly cancelled: number;
  readonly isDeleted: boolean;
}

function report({ terminal, commandLine }: Context, data: PersonalData, end: End): ExitCode {
  const { waiting, malformed } = data;
  const value = {
    ...countsOf(data, end.address),
    waiting: waiting.map(({ mailbox, idempotencyKey: key, state }) => ({ mailbox, key, state })),
    cancelled: end.cancelled,
    malformed,
    deleted: end.isDeleted,
    cannotDelete: CANNOT_DELETE,
  };
  terminal.result(value, end.isDeleted ? 'deleted' : 'nothing was changed');
  if (end.cancelled > 0) terminal.note(`${counted(end.cancelled, 'message')} called off`);
  for (const { mailbox, idempotencyKey, state } of waiting) {
    terminal.note(`left: message ${harmless(idempotencyKey)} of ${mailbox} is ${state}`);
  }
  if (end.isDeleted && waiting.length > 0) {
    terminal.note(`when those are settled, or with --cancel: ${commandLine(`forget ${end.address}`)}`);
  }
  for (const key of malformed) terminal.note(`left: record ${key} cannot be read (RECORD_MALFORMED)`);
  terminal.note(`It cannot delete:\n${CANNOT_DELETE.map((what) => `- ${what}`).join('\n')}`);
  return EXIT.done;
}

function countsOf({ settled, waiting, mails }: PersonalData, address: string) {
  const withContext = [...settled, ...waiting].filter(({ context }) => context !== undefined);
  const contexts = withContext.filter((story) => isTheirsAlone(story, address)).length;
  return {
    messages: settled.length,
    contexts,
    sharedContexts: withContext.length - contexts,
    mails: mails.length,
  };
}

function describe(data: PersonalData, address: string): string {
  const { messages, contexts, sharedContexts, mails } = countsOf(data, address);
  return formatFields({
    'messages that were sent': String(messages),
    'contexts of theirs alone': String(contexts),
    'contexts shared with others': `${sharedContexts} (these stay)`,
    'messages that wait': String(data.waiting.length),
    'raw mails': String(mails),
  });
}
