// `mailroom status`: what it says of itself.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

export const status = defineCommand({
  usage: 'status <key>',
  summary: "Show a message's whole story, by its idempotency key",
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 status <key>

Shows what became of a message: when it was accepted, how often it was tried, what the server said, who bounced, and what
happens next. It only reads. Two mailboxes may each have a message of this key; without --mailbox all are looked into.`),
      )
      .positional('key', { type: 'string', demandOption: true, describe: 'The idempotency key that it was sent with' })
      .option('mailbox', { type: 'string', requiresArg: true, describe: 'Look into this one only' })
      .example('$0 status order-4711-shipped', 'in whichever mailbox it is')
      .example('$0 status order-4711-shipped --mailbox support --json', 'for scripts')
      .epilogue(
        prose(`--json: a line for each message found: {"mailbox", "idempotencyKey", "state", "messageId", "acceptedAt", "attempts",
"dueAt"?, "code"?, "recipients", "response"?, "sentAt"?, "settledBy"?, "rejected"?, "unknownSince"?, "sentAgain", "bounces",
"next"}; times in milliseconds since 1970, "next" a sentence. Where there is none: {"idempotencyKey", "state": null, "next"}. Exit codes: 0 found, 1 no message of this key: it was not
taken up yet, or was sent more than 400 days ago.`),
      ),
  run: async (context, options) => (await import('../status/status.ts')).status(context, options),
});
