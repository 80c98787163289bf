// Lists the connected mailboxes and how they fare.
import { createRegistry } from '../../lib/aws/registry.ts';
import { MailError } from '../../lib/core/errors.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatTable } from '../table.ts';
import { HEAD, rowOf, tellMore } from './format-mailbox.ts';
import { type KnownMailbox, readMailbox } from './read-mailbox.ts';
import { summarise } from './summarise-mailbox.ts';

export interface Malformed {
  readonly mailbox: string;
  readonly error: MailError;
}

const SIDE_BY_SIDE = 10;

export async function mailboxes(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const deployment = await context.deployment();
  const { known, malformed } = await terminal.during('looking at the mailboxes', () => readAll(context, deployment));
  if (known.length + malformed.length === 0) {
    terminal.note(`no mailbox is connected. Connect the first: ${context.commandLine('connect support')}`);
    return EXIT.done;
  }
  if (terminal.isJson)
    for (const value of [...known.map((mailbox) => summarise(mailbox, context)), ...malformed.map(describeMalformed)])
      terminal.result(value, '');
  else
    terminal.result(
      {},
      formatTable(HEAD, [...known.map((mailbox) => rowOf(mailbox, context)), ...malformed.map(rowOfMalformed)]),
    );
  for (const mailbox of known) for (const line of tellMore(mailbox, context)) terminal.note(line);
  for (const { mailbox, error } of malformed) terminal.note(`${mailbox}: ${error.code}: ${error.message}`);
  const isWell =
    malformed.length === 0 && known.every(({ prognosis: { kind } }) => kind === 'good' || kind === 'failing');
  return isWell ? EXIT.done : EXIT.needsPerson;
}

async function readAll(context: Context, deployment: Deployment) {
  const { profiles, malformed } = await createRegistry(deployment.db, deployment.outputs.MailboxesTable).list();
  const found: (KnownMailbox | Malformed)[] = [];
  for (let at = 0; at < profiles.length; at += SIDE_BY_SIDE) {
    context.signal.throwIfAborted();
    const few = profiles.slice(at, at + SIDE_BY_SIDE);
    found.push(...(await Promise.all(few.map((profile) => readSafely(context, deployment, profile)))));
  }
  return {
    known: found.filter((mailbox) => 'profile' in mailbox),
    malformed: [...malformed, ...found.filter((mailbox) => 'error' in mailbox)],
  };
}

/** One that cannot be read hides no other. */
async function readSafely(
  context: Context,
  deployment: Deployment,
  profile: MailboxProfile,
): Promise<KnownMailbox | Malformed> {
  try {
    return await readMailbox(context, deployment, profile);
  } catch (error) {
    if (error instanceof MailError) return { mailbox: profile.id, error };
    throw error;
  }
}

function describeMalformed({ mailbox, error: { code, message } }: Malformed): object {
  return { mailbox, health: 'malformed', error: { code, message } };
}

function rowOfMalformed({ mailbox }: Malformed): readonly string[] {
  return [mailbox, '', 'malformed', ...HEAD.slice(3).map(() => '')];
}
