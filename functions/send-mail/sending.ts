// Builds what both entries of send-mail work with, from their environment: once, at the start of the process.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createAnswerGovernor } from '../../lib/aws/automatic-answers.ts';
import { CLIENT_OPTIONS, createDatabase } from '../../lib/aws/clients.ts';
import { createMessages } from '../../lib/aws/messages.ts';
import { createObjectStore } from '../../lib/aws/objects.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { createSendingGate } from '../../lib/aws/sending-gate.ts';
import { createTokenSource } from '../../lib/aws/token-source.ts';
import type { SendOutcome } from '../../lib/core/outcome.ts';
import type { Cancellation, SendEvent } from '../../lib/core/send-event.ts';
import type { Transport } from '../../lib/core/sending-ports.ts';
import type { Deadline } from '../../lib/core/time.ts';
import type { SendingEnvironment } from '../env.ts';
import { createUuid, now } from '../invocation.ts';
import { cancelMail } from './cancel-mail.ts';
import { type Connection, Lane } from './lane.ts';
import { sendMail } from './send-mail.ts';
import type { SendPorts } from './send-ports.ts';
import { SendingSlot, type SlotUse } from './sending-slot.ts';

export interface Sending {
  readonly ports: SendPorts;
  openLane(deadline: Deadline, use: SlotUse, first?: Connection): Lane;
  send(event: SendEvent, lane: Lane): Promise<SendOutcome>;
  cancel(cancellation: Cancellation): Promise<SendOutcome>;
}

export function createSending(environment: SendingEnvironment, transport: Transport): Sending {
  const db = createDatabase();
  const tokens = createTokenSource({
    secrets: new SecretsManagerClient(CLIENT_OPTIONS),
    refreshFunction: environment.REFRESH_FUNCTION,
    accessTokensPrefix: environment.ACCESS_TOKENS,
    now,
  });
  const messages = createMessages({
    db,
    table: environment.MESSAGES_TABLE,
    claimLeaseMs: environment.CLAIM_LEASE_SECONDS,
    settleAfterMs: environment.SETTLE_AFTER_SECONDS,
    now,
    createLeaseToken: createUuid,
  });
  const ports = {
    registry: createRegistry(db, environment.MAILBOXES_TABLE),
    tokens,
    messages,
    gate: createSendingGate({ db, table: environment.MAILBOXES_TABLE, now, createNonce: createUuid }),
    governor: createAnswerGovernor({ db, table: environment.MESSAGES_TABLE, now }),
    objects: createObjectStore(environment.MAIL_BUCKET),
    now,
    random: Math.random,
    createUuid,
  };
  return {
    ports,
    openLane(deadline, use, first) {
      const slot = new SendingSlot(ports, { use, deadline, kept: first?.slot, createToken: createUuid });
      return new Lane(() => transport.connect(deadline), tokens, slot, first);
    },
    send: (event, lane) => sendMail(ports, event, lane),
    cancel: (cancellation) => cancelMail(ports, cancellation),
  };
}
