// Ends every hold on a mailbox, and lets what waited for it go.
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { bringForward } from '../../lib/aws/held-messages.ts';
import { createOperatorHolds } from '../../lib/aws/operator-holds.ts';
import { readReading } from '../../lib/aws/reading-state.ts';
import type { ErrorCode } from '../../lib/core/errors.ts';
import type { MailboxId } from '../../lib/core/mailbox.ts';
import type { EpochMs } from '../../lib/core/time.ts';
import { refuseSkewedClock } from '../clock-skew.ts';
import type { Context } from '../command.ts';
import { findMailbox } from '../connected-mailbox.ts';
import { counted } from '../counted.ts';
import type { Deployment } from '../deployment.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { invokeFunction } from '../invoke-function.ts';
import { formatMoment } from '../moment.ts';

interface Ended {
  readonly of: 'sending' | 'reading';
  readonly code: ErrorCode;
  readonly until?: EpochMs | undefined;
}

const ReleasedSchema = v.object({ released: v.number() });

export async function release(context: Context, options: { readonly mailbox: string }): Promise<ExitCode> {
  const { terminal } = context;
  const deployment = await context.deployment();
  refuseSkewedClock(deployment);
  const { id } = await findMailbox(deployment, options.mailbox);
  const ended = await endHolds(context, deployment, id);
  for (const hold of ended) warn(context, hold);
  const broughtForward = await terminal.during('letting go what waits', () => makeDue(context, deployment, id));
  const { released } = await terminal.during('putting it back on the outbox', async () =>
    v.parse(ReleasedSchema, await invokeFunction(deployment.lambda, deployment.outputs.ReleaseWaitingFunction, {})),
  );
  const what = ended.length === 0 ? `nothing held ${id}` : `${id} is released`;
  terminal.result(
    { mailbox: id, ended, broughtForward, released },
    `${what}; ${counted(broughtForward, 'message')} that waited for it: due now`,
  );
  return EXIT.done;
}

async function endHolds({ now }: Context, { db, outputs }: Deployment, mailbox: MailboxId): Promise<readonly Ended[]> {
  const table = outputs.MailboxesTable;
  const holds = createOperatorHolds({ db, table, now, createNonce: randomUUID });
  const reading = (await readReading(db, table, mailbox)).hold;
  const { hold, operatorHold } = await holds.releaseSending(mailbox);
  const isReadingHeld = await holds.releaseReading(mailbox);
  return [
    ...(operatorHold ? [{ of: 'sending', code: 'HELD_BY_OPERATOR', until: operatorHold.until } as const] : []),
    ...(hold ? [{ of: 'sending', code: hold.code, until: hold.until } as const] : []),
    ...(reading && isReadingHeld ? [{ of: 'reading', ...reading } as const] : []),
  ];
}

async function makeDue({ now, signal }: Context, { db, outputs }: Deployment, mailbox: MailboxId): Promise<number> {
  let count = 0;
  for await (const moved of bringForward({ db, table: outputs.MessagesTable }, mailbox, now())) {
    count += moved;
    // What is left goes within the hour.
    signal.throwIfAborted();
  }
  return count;
}

const ASKED_FOR_TIME: readonly ErrorCode[] = ['MAILBOX_THROTTLED', 'QUOTA_EXCEEDED', 'BANDWIDTH_EXCEEDED'];

function warn({ terminal, now }: Context, { of, code, until }: Ended): void {
  const end = until === undefined ? '' : ` that was to end ${formatMoment(until, now())}`;
  terminal.note(`ended the hold of ${of}${end}: ${code}`);
  if (ASKED_FOR_TIME.includes(code))
    terminal.note('Gmail asked for this time: to go on sooner may make it ask for more');
}
