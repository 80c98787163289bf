// `mailroom doctor`: the stack first, then each mailbox. It changes nothing but what a refresh does.
import * as v from 'valibot';
import { type MailboxId, MailboxIdSchema } from '../../lib/core/mailbox.ts';
import type { MailboxList } from '../../lib/core/ports.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readMailboxId } from '../mailbox-id.ts';
import { begin, findingOfFailure } from './check.ts';
import { createAskTexts } from './dns.ts';
import { trouble } from './finding.ts';
import { beginMailboxChecks } from './mailbox-checks.ts';
import { createReport, type Report } from './report.ts';
import { beginStackChecks } from './stack-checks.ts';

export interface DoctorOptions {
  readonly id?: string | undefined;
  readonly dnsServer?: string | undefined;
}

/** A mailbox makes three connections to Gmail, and some thirty calls. */
const SIDE_BY_SIDE = 5;

export async function doctor(context: Context, { id, dnsServer }: DoctorOptions): Promise<ExitCode> {
  const named = id === undefined ? undefined : readMailboxId(id);
  const askTexts = createAskTexts(dnsServer);
  const report = createReport(context.terminal);
  const deployment = await findDeployment(context, report);
  if (deployment === undefined) return EXIT.unavailable;
  const stack = beginStackChecks(deployment, context);
  await report.add(`stack ${deployment.stackName}`, stack.all);
  const { facts: list } = await stack.mailboxes.verdict;
  const surroundings = { deployment, context, others: stack.others, askTexts };
  for (const some of inGroups(named === undefined ? idsOf(list) : [named])) {
    const begun = some.map((mailbox) => ({ mailbox, checks: beginMailboxChecks(surroundings, mailbox) }));
    for (const { mailbox, checks } of begun) await report.add(`mailbox ${mailbox}`, checks, mailbox);
  }
  if (named === undefined) await reportNameless(report, list);
  report.finish();
  return report.totals.trouble > 0 ? EXIT.needsPerson : EXIT.done;
}

/** Without a stack there is nothing else to look at. */
async function findDeployment(context: Context, report: Report): Promise<Deployment | undefined> {
  try {
    return await context.deployment();
  } catch (error) {
    const finding = findingOfFailure(error);
    await report.add('the stack', [begin('stack', async () => ({ finding }))]);
    report.finish();
    return undefined;
  }
}

function idsOf(list: MailboxList | undefined): readonly MailboxId[] {
  const malformed = list?.malformed.flatMap(({ mailbox }) => readId(mailbox) ?? []) ?? [];
  return [...(list?.profiles.map(({ id }) => id) ?? []), ...malformed];
}

/** Items of the registry whose key holds no id at all. */
async function reportNameless(report: Report, list: MailboxList | undefined): Promise<void> {
  for (const { mailbox, error } of list?.malformed ?? []) {
    if (readId(mailbox) !== undefined) continue;
    const advice = { cause: error.message, cure: 'remove the item from the table of mailboxes' };
    const finding = trouble(error.code, advice);
    await report.add(`mailbox ${mailbox}`, [begin('profile', async () => ({ finding }))], mailbox);
  }
}

function readId(text: string): MailboxId | undefined {
  const parsed = v.safeParse(MailboxIdSchema, text);
  return parsed.success ? parsed.output : undefined;
}

function inGroups<T>(all: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / SIDE_BY_SIDE);
  return Array.from({ length: count }, (_, at) => all.slice(at * SIDE_BY_SIDE, (at + 1) * SIDE_BY_SIDE));
}
