// Invoked with a SendRequest, or to cancel one; answers a SendOutcome. A request that cannot be sent is an error whose type is its code.
import { mailboxOf, parseInvokeEvent } from '../../lib/core/send-event.ts';
import { createTransport } from '../../lib/smtp/transport.ts';
import { parseEnvironment, SendMailEnvironment, smtpOf } from '../env.ts';
import { entry, logger, now } from '../invocation.ts';
import { KeptConnection } from './kept-connection.ts';
import { RESERVE_MS } from './reserve.ts';

const environment = parseEnvironment(SendMailEnvironment);
const transport = createTransport(smtpOf(environment));
const kept = new KeptConnection(now);
// The AWS SDK takes longer to load than all of the above. On a first invocation it loads while the connection is on its
// way; where Lambda starts a process ahead of time, before that.
const loading = import('./sending.ts').then(({ createSending }) => createSending(environment, transport));

export const handler = entry(async (event, deadline) => {
  const request = parseInvokeEvent(event);
  if (request.kind === 'cancellation') return (await loading).cancel(request);
  const mailbox = mailboxOf(request);
  const first = kept.take(mailbox, deadline, () => transport.connect(deadline));
  const { send, openLane } = await loading;
  const lane = openLane(deadline, environment.KEEP_CONNECTIONS ? 'kept' : 'once', first);
  try {
    const outcome = await send(request, lane);
    logger.info('send ended', { kind: outcome.kind, messageId: outcome.messageId });
    const connection = lane.handOver();
    if (connection !== undefined) kept.keep(connection);
    return outcome;
  } finally {
    await lane.close();
  }
}, RESERVE_MS);
