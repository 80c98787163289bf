// Ends a grant at Google, by the one function that may read it, and says how that went.
import { ResourceNotFoundException, RestoreSecretCommand } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import type { MailboxId } from '../../lib/core/mailbox.ts';
import type { Deployment } from '../deployment.ts';
import { describeFailure } from '../failure.ts';
import { invokeFunction } from '../invoke-function.ts';

const AnswerSchema = v.variant('kind', [
  v.object({ kind: v.picklist(['revoked', 'already-dead']) }),
  v.object({ kind: v.literal('failed'), code: v.string(), message: v.string() }),
]);

export type Revocation = v.InferOutput<typeof AnswerSchema> | { readonly kind: 'no-grant' };

/** Whatever stands in the way is answered, not thrown: the secrets are to be deleted all the same. */
export async function revokeGrant(deployment: Deployment, mailbox: MailboxId): Promise<Revocation> {
  const { lambda, outputs } = deployment;
  try {
    await restoreGrant(deployment, mailbox);
    const event = { mailbox, revoke: true };
    const answer = v.parse(AnswerSchema, await invokeFunction(lambda, outputs.RefreshTokensFunction, event));
    return answer.kind === 'failed' && answer.code === 'SECRET_MISSING' ? { kind: 'no-grant' } : answer;
  } catch (error) {
    const { code, message } = describeFailure(error);
    return { kind: 'failed', code, message };
  }
}

/** One that somebody has scheduled for deletion can be read by nobody, and lives on at Google. */
async function restoreGrant({ secrets, outputs }: Deployment, mailbox: MailboxId): Promise<void> {
  try {
    await secrets.send(new RestoreSecretCommand({ SecretId: `${outputs.GrantsPrefix}/${mailbox}` }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

export function sayRevocation(revocation: Revocation): string {
  switch (revocation.kind) {
    case 'revoked':
      return 'Its grant is revoked at Google, with everything that this Google Cloud project was granted for the account.';
    case 'already-dead':
      return 'Its grant was dead already.';
    case 'no-grant':
      return 'It had no grant.';
    case 'failed':
      return `Its grant could NOT be revoked (${revocation.code}). Its owner ends it at https://myaccount.google.com/connections`;
    default:
      return revocation satisfies never;
  }
}
