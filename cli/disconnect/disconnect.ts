// Disconnects a mailbox: out of the registry first, so that nobody uses it; then its grant at Google; then its secrets.
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { removeGrant } from '../../lib/aws/grant-store.ts';
import { removeProfile } from '../../lib/aws/profiles.ts';
import type { MailboxId } from '../../lib/core/mailbox.ts';
import type { Context } from '../command.ts';
import { createDeadline } from '../deadline.ts';
import type { Deployment } from '../deployment.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { describeFailure } from '../failure.ts';
import { grantStoreOptions } from '../grant-store-options.ts';
import { invokeFunction } from '../invoke-function.ts';
import { readMailboxId } from '../mailbox-id.ts';
import { Problem } from '../problem.ts';

export interface DisconnectOptions {
  readonly id: string;
  readonly yes: boolean;
}

const REMOVE_MS = 60_000;

const RevocationSchema = v.variant('kind', [
  v.object({ kind: v.literal('revoked') }),
  v.object({ kind: v.literal('already-dead') }),
  v.object({ kind: v.literal('failed'), code: v.string(), message: v.string() }),
]);
type Revocation = v.InferOutput<typeof RevocationSchema>;

export async function disconnect(context: Context, options: DisconnectOptions): Promise<ExitCode> {
  const { terminal, now, signal } = context;
  const mailbox = readMailboxId(options.id);
  const deployment = await context.deployment();
  if (!options.yes && !(await terminal.confirm(`Disconnect ${mailbox}?`))) {
    throw new Problem('NOT_CONFIRMED', 'nothing was changed', 'answer y, or give --yes');
  }
  await removeProfile(deployment.db, deployment.outputs.MailboxesTable, mailbox);
  const revocation = await terminal.during('revoking the grant at Google', () => revoke(deployment, mailbox));
  await terminal.during('deleting the secrets', () =>
    removeGrant(grantStoreOptions(deployment, now), mailbox, createDeadline(REMOVE_MS, signal)),
  );
  const waiting = await countWaiting(deployment, mailbox);
  terminal.result(
    { kind: 'disconnected', mailbox, revocation, waiting },
    [
      `Disconnected ${mailbox}.`,
      sayRevocation(revocation),
      ...sayWaiting(waiting),
      `Connect it again at any time: ${context.commandLine(`connect ${mailbox}`)}`,
    ].join('\n'),
  );
  return revocation.kind === 'failed' ? EXIT.needsPerson : EXIT.done;
}

/** Whatever stands in the way of it, the secrets are deleted. */
async function revoke({ lambda, outputs }: Deployment, mailbox: MailboxId): Promise<Revocation> {
  try {
    return v.parse(
      RevocationSchema,
      await invokeFunction(lambda, outputs.RefreshTokensFunction, { mailbox, revoke: true }),
    );
  } catch (error) {
    const { code, message } = describeFailure(error);
    return { kind: 'failed', code, message };
  }
}

function sayRevocation(revocation: Revocation): string {
  switch (revocation.kind) {
    case 'revoked':
      return 'Its grant is revoked at Google, with everything that this Google Cloud project was granted for the account.';
    case 'already-dead':
      return 'Its grant was dead already.';
    case 'failed':
      return `Its grant could NOT be revoked (${revocation.code}). Its owner ends it at https://myaccount.google.com/connections`;
    default:
      return revocation satisfies never;
  }
}

function sayWaiting(waiting: number): readonly string[] {
  return waiting === 0 ? [] : [`${waiting} messages wait; they go out when it is connected again.`];
}

async function countWaiting({ db, outputs }: Deployment, mailbox: MailboxId): Promise<number> {
  const query = new QueryCommand({
    TableName: outputs.MessagesTable,
    IndexName: 'byDue',
    KeyConditionExpression: 'mailbox = :mailbox',
    ExpressionAttributeValues: { ':mailbox': mailbox },
    Select: 'COUNT',
  });
  return (await db.send(query)).Count ?? 0;
}
