// Shows what became of a message.

import * as v from 'valibot';
import { type MessageStory, readStory } from '../../lib/aws/message-story.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { type MailboxId, MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { keyOf } from '../../lib/core/message-key.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readMailboxId } from '../mailbox-id.ts';
import { formatMoment } from '../moment.ts';
import { formatFields } from '../table.ts';
import { harmless } from '../terminal.ts';
import { sayWhatIsNext } from './next.ts';

export interface StatusOptions {
  readonly key: string;
  readonly mailbox?: string | undefined;
}

export async function status(context: Context, { key, mailbox }: StatusOptions): Promise<ExitCode> {
  const { terminal } = context;
  const deployment = await context.deployment();
  const ids = mailbox === undefined ? await listMailboxes(deployment) : [readMailboxId(mailbox)];
  const stories = await terminal.during('looking into the mailboxes', () => find(deployment, ids, key));
  for (const story of stories) terminal.result(summarise(story, context), describe(story, context));
  if (stories.length === 0) return reportMissing(context, key, ids.length);
  if (stories.length > 1) {
    terminal.note(`${stories.length} mailboxes have a message of this key: --mailbox names one of them`);
  }
  return EXIT.done;
}

async function listMailboxes({ db, outputs }: Deployment): Promise<readonly MailboxId[]> {
  const { profiles, malformed } = await createRegistry(db, outputs.MailboxesTable).list();
  // A profile that cannot be read does not hide what was sent under it.
  const others = malformed.flatMap(({ mailbox }) =>
    v.safeParse(MailboxIdSchema, mailbox).success ? [readMailboxId(mailbox)] : [],
  );
  return [...profiles.map(({ id }) => id), ...others];
}

async function find(
  { db, outputs }: Deployment,
  mailboxes: readonly MailboxId[],
  key: string,
): Promise<readonly MessageStory[]> {
  const found = await Promise.all(mailboxes.map((id) => readStory(db, outputs.MessagesTable, keyOf(id, key))));
  return found.filter((story) => story !== undefined);
}

function reportMissing({ terminal }: Context, key: string, looked: number): ExitCode {
  const message = `no message of this key is known in ${looked === 1 ? '1 mailbox' : `${looked} mailboxes`}`;
  const cure = 'it may still be on the outbox; look at the key, and after a disconnect name the --mailbox';
  terminal.result({ idempotencyKey: key, state: null, next: cure }, `${message}\n${cure}`);
  return EXIT.failed;
}

function summarise(story: MessageStory, context: Context): object {
  const { outcome } = story;
  return {
    mailbox: story.mailbox,
    idempotencyKey: story.idempotencyKey,
    state: story.state,
    messageId: story.messageId,
    acceptedAt: story.firstSeenAt,
    attempts: story.attempt,
    dueAt: story.dueAt,
    code: codeOf(story),
    recipients: story.recipients,
    response: outcome && 'response' in outcome ? outcome.response : undefined,
    sentAt: outcome && 'sentAt' in outcome ? outcome.sentAt : undefined,
    settledBy: outcome && 'settledBy' in outcome ? outcome.settledBy : undefined,
    rejected: outcome && 'rejected' in outcome ? outcome.rejected : undefined,
    unknownSince: story.unknownSince,
    sentAgain: story.sentAgain,
    bounces: story.bounces,
    next: sayWhatIsNext(story, context),
  };
}

function codeOf({ code, outcome }: MessageStory) {
  return outcome && 'code' in outcome ? outcome.code : code;
}

function describe(story: MessageStory, context: Context): string {
  const { outcome, bounces } = story;
  const at = (time: number | undefined): string | undefined =>
    time === undefined ? undefined : formatMoment(time, context.now());
  const rejected = outcome && 'rejected' in outcome ? outcome.rejected : [];
  return formatFields({
    mailbox: story.mailbox,
    key: harmless(story.idempotencyKey),
    state: context.terminal.paint('bold', story.state),
    code: codeOf(story),
    'Message-ID': harmless(story.messageId),
    recipients: harmless(story.recipients.join(', ')),
    accepted: at(story.firstSeenAt),
    attempts: String(story.attempt),
    'sent at': outcome && 'sentAt' in outcome ? at(outcome.sentAt) : undefined,
    'learnt by': outcome && 'settledBy' in outcome ? outcome.settledBy : undefined,
    response: outcome && 'response' in outcome && outcome.response ? harmless(outcome.response) : undefined,
    refused: joined(rejected.map(({ address, code, response }) => `${address}: ${code}, ${response}`)),
    'unknown since': at(story.unknownSince),
    'looked at again': at(story.dueAt),
    'sent again': story.sentAgain > 0 ? String(story.sentAgain) : undefined,
    bounced: joined(
      bounces.map((bounce) => `${bounce.recipient}: ${bounce.type} ${bounce.status ?? ''} ${at(bounce.at)}`),
    ),
    next: sayWhatIsNext(story, context),
  });
}

function joined(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : lines.map(harmless).join('\n');
}
