// `mailroom replies`: what it says of itself.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

export const replies = defineCommand({
  usage: 'replies',
  summary: 'Show what people answered, without taking it from its consumer',
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 replies [--mailbox ID] [--follow]

Shows the replies that were put on the queue of replies, from the raw mails that are kept beside it for 30 days: who wrote,
the new text, and which message it answers with its key and context. The queue itself is not touched, so its consumer still
gets each of them; how many wait there is shown at the end. With --follow it goes on until Ctrl-C.`),
      )
      .option('mailbox', { type: 'string', requiresArg: true, describe: 'Of this mailbox only' })
      .option('since', { type: 'string', requiresArg: true, describe: 'Not older than a span (1h, 7d) or a date' })
      .option('limit', { type: 'number', requiresArg: true, default: 20, describe: 'At most so many, the newest' })
      .option('follow', { type: 'boolean', alias: 'f', describe: 'Show each new one, until Ctrl-C' })
      .example('$0 replies --since 1h', 'what came within the hour')
      .example('$0 replies --follow --json', 'a line of JSON for each, as they come')
      .epilogue(
        prose(`--json: a line for each reply, the newest last: {"mailbox", "storedAt", "kind", "from", "subject", "text", "attachments",
"answers": {"messageId", "idempotencyKey", "context", "sentAt"} or null, "raw": {"bucket", "key"}, "truncated"}. "answers" is
null where only Gmail's thread tells what is answered. Then {"replies", "waiting", "dead"}: shown, in the queue, and in its
dead-letter queue, about. Exit codes: 0 done, 130 ended by Ctrl-C, which is how --follow ends. Next: docs/consuming-replies.md`),
      ),
  run: async (context, options) => (await import('../replies/replies.ts')).replies(context, options),
});
