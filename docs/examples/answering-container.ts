// The same consumer as a process of its own: a container, a server, your laptop.
import { createHandledReplies, receiveReplies } from 'mailroom';
import { handle } from './answering-consumer.ts';

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());

await receiveReplies({
  queueUrl: process.env.REPLIES_URL ?? '',
  handle,
  handled: createHandledReplies({ table: process.env.HANDLED_TABLE ?? '' }),
  signal: stopping.signal,
});
console.log('stopped, with nothing in hand');
