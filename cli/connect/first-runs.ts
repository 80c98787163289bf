// What the schedules would do within half an hour is done at once: a token, and the first poll, where reading begins.
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { createOperatorHolds } from '../../lib/aws/operator-holds.ts';
import { readReading } from '../../lib/aws/reading-state.ts';
import type { ErrorCode } from '../../lib/core/errors.ts';
import type { MailboxId, MailboxProfile } from '../../lib/core/mailbox.ts';
import type { Clock } from '../../lib/core/time.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { describeFailure } from '../failure.ts';
import { invokeFunction } from '../invoke-function.ts';

/** What did not work; the schedules try it again. */
export interface RunTrouble {
  readonly what: string;
  readonly code: string;
  readonly text: string;
}

const RefreshSchema = v.variant('kind', [
  v.object({ kind: v.literal('failed'), code: v.string(), message: v.string() }),
  v.object({ kind: v.string() }),
]);

const PollSchema = v.object({
  failures: v.array(v.object({ mailbox: v.string(), code: v.string(), message: v.string() })),
  held: v.array(v.object({ mailbox: v.string(), code: v.string() })),
});

/** Of a login: what kept the mailbox from being read before is over, as the logins have shown. */
const ENDED: ReadonlySet<ErrorCode> = new Set(['AUTHENTICATION_REFUSED', 'READING_DISABLED', 'TOKEN_UNAVAILABLE']);

export async function firstRuns(
  { now }: Pick<Context, 'now'>,
  deployment: Deployment,
  { id }: MailboxProfile,
): Promise<readonly RunTrouble[]> {
  const { lambda, outputs } = deployment;
  const troubles = [
    await attempt('the first token', async () => {
      const answer = v.parse(
        RefreshSchema,
        await invokeFunction(lambda, outputs.RefreshTokensFunction, { mailbox: id }),
      );
      return 'code' in answer ? { code: answer.code, text: answer.message } : undefined;
    }),
    await attempt('the first poll', async () => {
      await endHold(deployment, id, now);
      const { failures, held } = v.parse(PollSchema, await invokeFunction(lambda, outputs.PollRepliesFunction, {}));
      const failure = failures.find(({ mailbox }) => mailbox === id);
      if (failure !== undefined) return { code: failure.code, text: failure.message };
      const hold = held.find(({ mailbox }) => mailbox === id);
      return hold && { code: hold.code, text: 'reading rests for a while, and goes on by itself' };
    }),
  ];
  return troubles.filter((trouble) => trouble !== undefined);
}

async function endHold({ db, outputs }: Deployment, id: MailboxId, now: Clock): Promise<void> {
  const table = outputs.MailboxesTable;
  const { hold } = await readReading(db, table, id);
  if (hold === undefined || !ENDED.has(hold.code)) return;
  await createOperatorHolds({ db, table, now, createNonce: randomUUID }).releaseReading(id);
}

async function attempt(
  what: string,
  work: () => Promise<Omit<RunTrouble, 'what'> | undefined>,
): Promise<RunTrouble | undefined> {
  try {
    const trouble = await work();
    return trouble && { what, ...trouble };
  } catch (error) {
    const { code, message: text } = describeFailure(error);
    return { what, code, text };
  }
}
