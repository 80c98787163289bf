// `mailroom send`: what it says of itself.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

const many = { type: 'string', requiresArg: true, coerce: (given: string | string[]) => [given].flat() } as const;
const one = { type: 'string', requiresArg: true } as const;

export const send = defineCommand({
  usage: 'send <mailbox>',
  summary: 'Send a mail from a mailbox',
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 send <mailbox> --to ADDRESS --subject TEXT --text TEXT

Sends a mail as your services do: by invoking the function that sends, or with --queue through the outbox. Each mail has an
idempotency key. Without --key one is made and shown before anything is sent: where you do not learn how it ended, repeat
the command with --key and the same content, and it is never sent twice. Scripts give a --key of their own. Answers come
on the queue of replies, beside the --context.`),
      )
      .positional('mailbox', { type: 'string', demandOption: true, describe: 'Id of the mailbox that it is sent from' })
      .option('to', { ...many, describe: 'Recipient; may be repeated' })
      .option('cc', { ...many, describe: 'May be repeated' })
      .option('bcc', { ...many, describe: 'May be repeated' })
      .option('subject', { ...one, demandOption: true, describe: 'One line' })
      .option('text', { ...one, conflicts: 'text-file', describe: 'The text of the mail' })
      .option('text-file', { ...one, describe: 'A file with the text; - reads standard input' })
      .option('html-file', { ...one, describe: 'A file with the HTML of the mail' })
      .option('attach', { ...many, describe: 'A file to attach; may be repeated' })
      .option('key', { ...one, describe: 'Idempotency key, such as order-4711-shipped' })
      .option('context', { ...one, describe: 'JSON that comes back with each answer' })
      .option('queue', { type: 'boolean', describe: 'Through the outbox; "status" tells how it ended' })
      .option('send-at', { ...one, describe: 'Not before then: a span (30m, 2h, 7d) or a date, at most a year ahead' })
      .option('automatic', { type: 'boolean', describe: 'Say in the mail that a program wrote it' })
      .example('$0 send support --to ada@example.org --subject Hello --text "Hello Ada"', 'sends now')
      .example('$0 send support --to ada@example.org --subject Report --text-file - --attach report.pdf < note.txt', '')
      .epilogue(
        prose(`--json: the outcome as docs/events.md has it (kind, messageId, ...) and "idempotencyKey"; with --queue
{"kind": "enqueued", "idempotencyKey"}. An error has "idempotencyKey" too, from when the key was made. Exit codes: 0 sent, sent before, queued, scheduled or put on the outbox; 1 anything
else, such as held or refused. Next: mailroom status KEY`),
      ),
  run: async (context, options) => (await import('../send/send.ts')).send(context, options),
});
