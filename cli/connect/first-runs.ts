// What the schedules would do within half an hour is done at once: a token, and the first poll, where reading begins.
import * as v from 'valibot';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
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

export async function firstRuns(
  { lambda, outputs }: Deployment,
  { id }: MailboxProfile,
): Promise<readonly RunTrouble[]> {
  const troubles = [
    await attempt('the first token', async () => {
      const answer = v.parse(
        RefreshSchema,
        await invokeFunction(lambda, outputs.RefreshTokensFunction, { mailbox: id }),
      );
      return 'code' in answer ? { code: answer.code, text: answer.message } : undefined;
    }),
    await attempt('the first poll', async () => {
      await invokeFunction(lambda, outputs.PollRepliesFunction, {});
      return undefined;
    }),
  ];
  return troubles.filter((trouble) => trouble !== undefined);
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
