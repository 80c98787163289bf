// Invoked with a SendRequest; answers a SendOutcome. A request that cannot be sent is an error whose type is its code.
import { parseSendEvent } from '../../lib/core/message.ts';
import { parseEnvironment, SendMailEnvironment } from '../env.ts';
import { entry, logger } from '../invocation.ts';
import { sendMail } from './send-mail.ts';
import { createSending, RESERVE_MS } from './sending.ts';

const sending = createSending(parseEnvironment(SendMailEnvironment));

export const handler = entry(async (event, deadline) => {
  const request = parseSendEvent(event);
  const lane = sending.openLane(deadline);
  try {
    const outcome = await sendMail(sending.ports, request, lane);
    logger.info('send ended', { kind: outcome.kind, messageId: outcome.messageId });
    return outcome;
  } finally {
    lane.close();
  }
}, RESERVE_MS);
