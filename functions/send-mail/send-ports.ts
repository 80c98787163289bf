// What sending works with, built once from the environment of its function.

import type { AnswerGovernor } from '../../lib/core/automatic-answers.ts';
import type { ObjectStore, Registry, TokenSource } from '../../lib/core/ports.ts';
import type { Messages, SendingGate } from '../../lib/core/sending-ports.ts';
import type { Clock } from '../../lib/core/time.ts';

export interface SendPorts {
  readonly registry: Registry;
  readonly tokens: TokenSource;
  readonly messages: Messages;
  readonly gate: SendingGate;
  readonly governor: AnswerGovernor;
  readonly objects: ObjectStore;
  readonly now: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly createUuid: () => string;
}
