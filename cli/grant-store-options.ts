// Where a deployment keeps its grants, for who writes or removes one.
import { randomUUID } from 'node:crypto';
import type { GrantStoreOptions } from '../lib/aws/grant-store.ts';
import type { Clock } from '../lib/core/time.ts';
import type { Deployment } from './deployment.ts';

export function grantStoreOptions({ secrets, db, outputs }: Deployment, now: Clock): GrantStoreOptions {
  return {
    secrets,
    db,
    table: outputs.MailboxesTable,
    grantsPrefix: outputs.GrantsPrefix,
    accessTokensPrefix: outputs.AccessTokensPrefix,
    now,
    createLeaseToken: randomUUID,
  };
}
