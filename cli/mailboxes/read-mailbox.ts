// What is known of one mailbox, from its items in the tables.
import { readHealth } from '../../lib/aws/grant-health.ts';
import { countUnsettled } from '../../lib/aws/held-messages.ts';
import { type Reading, readReading } from '../../lib/aws/reading-state.ts';
import { createHolds } from '../../lib/aws/sending-gate.ts';
import type { GrantHealth } from '../../lib/core/grant-health.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { type Prognosis, prognose } from '../../lib/core/prognosis.ts';
import { limitsOf, usedOf } from '../../lib/core/quota.ts';
import { isOver, type SendingState } from '../../lib/core/sending-state.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';

export interface KnownMailbox {
  readonly profile: MailboxProfile;
  readonly health: GrantHealth;
  readonly prognosis: Prognosis;
  readonly quota: { readonly messages: number; readonly limit: number };
  readonly holds: Pick<SendingState, 'hold' | 'operatorHold'>;
  readonly reading: Reading;
  readonly unsettled: number;
}

/** More than anyone looks through. */
export const MOST_COUNTED = 1_000;

/** @throws MailError RECORD_MALFORMED */
export async function readMailbox(
  { now }: Pick<Context, 'now'>,
  { db, outputs }: Deployment,
  profile: MailboxProfile,
): Promise<KnownMailbox> {
  const { MailboxesTable: table, MessagesTable } = outputs;
  const [health, state, reading, unsettled] = await Promise.all([
    readHealth(db, table, profile.id),
    createHolds({ db, table, now, createNonce: () => '' }).find(profile.id),
    readReading(db, table, profile.id),
    countUnsettled({ db, table: MessagesTable }, profile.id, MOST_COUNTED),
  ]);
  const at = now();
  const { hold, operatorHold } = state;
  return {
    profile,
    health,
    prognosis: prognose(profile.id, health, at),
    quota: { messages: usedOf(state, at), limit: limitsOf(profile).messages },
    holds: { hold, ...(operatorHold && !isOver(operatorHold, at) && { operatorHold }) },
    reading: { ...reading, hold: reading.hold && reading.hold.until > at ? reading.hold : undefined },
    unsettled,
  };
}
