// Stops a mailbox from sending.
import { randomUUID } from 'node:crypto';
import { createOperatorHolds } from '../../lib/aws/operator-holds.ts';
import { refuseSkewedClock } from '../clock-skew.ts';
import type { Context } from '../command.ts';
import { findMailbox } from '../connected-mailbox.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatMoment, parseMoment } from '../moment.ts';
import { Problem } from '../problem.ts';
import { harmless } from '../terminal.ts';

export interface HoldOptions {
  readonly mailbox: string;
  readonly until?: string | undefined;
  readonly reason?: string | undefined;
}

const MOST_REASON = 200;

export async function hold(context: Context, options: HoldOptions): Promise<ExitCode> {
  const { terminal, now } = context;
  const since = now();
  const until = options.until === undefined ? undefined : parseMoment(options.until, since, 'ahead', '--until');
  if (until !== undefined && until <= since) throw usage('--until: is in the past', 'give a later time');
  const reason = options.reason === undefined ? undefined : harmless(options.reason);
  if (reason !== undefined && reason.length > MOST_REASON) throw usage('--reason: is too long', 'say it in a line');
  const deployment = await context.deployment();
  refuseSkewedClock(deployment);
  const { id } = await findMailbox(deployment, options.mailbox);
  const held = { since, ...(until !== undefined && { until }), ...(reason !== undefined && { reason }) };
  const { db, outputs } = deployment;
  await createOperatorHolds({ db, table: outputs.MailboxesTable, now, createNonce: randomUUID }).hold(id, held);
  const end = until === undefined ? 'until it is released' : `until ${formatMoment(until, since)}`;
  terminal.result({ mailbox: id, ...held }, `${id} does not send ${end}; its mail waits`);
  terminal.note(`to let it send: ${context.commandLine(`release ${id}`)}`);
  return EXIT.done;
}

function usage(what: string, cure: string): Problem {
  return new Problem('USAGE', what, cure);
}
