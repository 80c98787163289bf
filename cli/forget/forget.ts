// Deletes what is kept of a person.
import * as v from 'valibot';
import type { MessageStory } from '../../lib/aws/message-story.ts';
import { forgetIn } from '../../lib/aws/people-in-messages.ts';
import { deleteRawMail, type RawMail } from '../../lib/aws/raw-mails.ts';
import { type EmailAddress, EmailAddressSchema } from '../../lib/core/address.ts';
import type { Context } from '../command.ts';
import { counted } from '../counted.ts';
import type { Deployment } from '../deployment.ts';
import type { ExitCode } from '../exit-code.ts';
import { Problem } from '../problem.ts';
import { formatFields } from '../table.ts';
import { cancelWaiting } from './cancel-waiting.ts';
import { findData, type PersonalData } from './find-data.ts';
import { countsOf, report } from './report.ts';

export interface ForgetOptions {
  readonly address: string;
  readonly cancel?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

export async function forget(context: Context, options: ForgetOptions): Promise<ExitCode> {
  const { terminal } = context;
  const address = parseAddress(options.address);
  if (terminal.isJson && options.yes !== true && options.dryRun !== true) {
    throw new Problem('USAGE', 'nobody is here to answer', 'give --yes or --dry-run');
  }
  const deployment = await context.deployment();
  const data = await findData(context, deployment, address);
  terminal.note(describe(data, address));
  if (options.dryRun === true) {
    const changed = options.cancel === true ? [...data.settled, ...data.waiting] : data.settled;
    return report(context, { ...data, address, changed, unchanged: [], cancelled: 0, isDeleted: false });
  }
  if (options.yes !== true && !(await terminal.confirm('Delete it?'))) {
    throw new Problem('NOT_CONFIRMED', 'nothing was deleted', 'answer y, or give --yes');
  }
  const cancelled = options.cancel === true ? await cancelWaiting(context, deployment, data.waiting) : [];
  await deleteMails(context, deployment, data.mails);
  const end = await deleteFromMessages(context, deployment, [...data.settled, ...cancelled], address);
  const waiting = data.waiting.filter((story) => !cancelled.includes(story));
  return report(context, { ...data, ...end, address, waiting, cancelled: cancelled.length, isDeleted: true });
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

/** What became of messages that are settled. */
interface Changes {
  readonly changed: readonly MessageStory[];
  /** Others kept changing them. */
  readonly unchanged: readonly MessageStory[];
}

async function deleteFromMessages(
  { terminal, signal }: Context,
  { db, outputs }: Deployment,
  stories: readonly MessageStory[],
  address: string,
): Promise<Changes> {
  return terminal.during(`changing ${counted(stories.length, 'record')}`, async () => {
    const changed: MessageStory[] = [];
    const unchanged: MessageStory[] = [];
    for (const story of stories) {
      signal.throwIfAborted();
      const isForgotten = await forgetIn(db, outputs.MessagesTable, story, address);
      (isForgotten ? changed : unchanged).push(story);
    }
    return { changed, unchanged };
  });
}

function describe({ settled, waiting, mails }: PersonalData, address: string): string {
  const { messages, contexts, sharedContexts } = countsOf(settled, address);
  return formatFields({
    'messages that were sent': String(messages),
    'contexts of theirs alone': String(contexts),
    'contexts shared with others': `${sharedContexts} (these stay)`,
    'messages that wait': String(waiting.length),
    'raw mails': String(mails.length),
  });
}
