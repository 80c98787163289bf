// Builds what both entries of send-mail work with, from their environment: once, at the start of the process.
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { InferOutput } from 'valibot';
import { CLIENT_OPTIONS, createDatabase, REFRESH_OPTIONS } from '../../lib/aws/clients.ts';
import { createMessages } from '../../lib/aws/messages.ts';
import { createObjectStore } from '../../lib/aws/objects.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { createTokenSource } from '../../lib/aws/token-source.ts';
import type { Deadline } from '../../lib/core/time.ts';
import { createTransport } from '../../lib/smtp/transport.ts';
import type { SendMailEnvironment } from '../env.ts';
import { createUuid, now } from '../invocation.ts';
import { Lane } from './lane.ts';
import type { SendPorts } from './send-ports.ts';

/** What is kept back of Lambda's time: enough for a call to the tables with its retries. */
export const RESERVE_MS = 12_000;

export interface Sending {
  readonly ports: SendPorts;
  openLane(deadline: Deadline): Lane;
}

export function createSending(environment: InferOutput<typeof SendMailEnvironment>): Sending {
  const db = createDatabase();
  const tokens = createTokenSource({
    secrets: new SecretsManagerClient(CLIENT_OPTIONS),
    lambda: new LambdaClient(REFRESH_OPTIONS),
    refreshFunction: environment.REFRESH_FUNCTION,
    accessTokensPrefix: environment.ACCESS_TOKENS,
    now,
  });
  const messages = createMessages({
    db,
    table: environment.MESSAGES_TABLE,
    claimLeaseMs: environment.CLAIM_LEASE_SECONDS,
    now,
    createLeaseToken: createUuid,
  });
  const transport = createTransport({
    host: environment.SMTP_HOST,
    port: environment.SMTP_PORT,
    tls: environment.SMTP_TLS,
  });
  return {
    ports: {
      registry: createRegistry(db, environment.MAILBOXES_TABLE),
      tokens,
      messages,
      objects: createObjectStore(new S3Client(CLIENT_OPTIONS), environment.MAIL_BUCKET),
      now,
      random: Math.random,
      createUuid,
    },
    openLane: (deadline) => new Lane(transport, tokens, deadline),
  };
}
