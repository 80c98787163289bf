// `mailroom redrive`: what it says of itself.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

export const redrive = defineCommand({
  usage: 'redrive',
  summary: 'Show dead letters, and put them back on their queue',
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 redrive [--queue outbox|replies]

Shows what was put aside in the dead-letter queues, with the reason, and whether trying again can help; asks; and puts each
letter back on its queue before it removes it here. Interrupted anywhere it loses nothing. It is safe for mail: what was
sent is not sent again. A reply reaches its consumer once more, with the same id. What nobody confirms is visible in its
queue again at once, or ten minutes after it was cut off. A mail that could not be parsed stays where it is.`),
      )
      .option('queue', { choices: ['outbox', 'replies'] as const, describe: 'Only this one; by default both' })
      .option('code', { type: 'string', requiresArg: true, describe: 'Only letters with this code' })
      .option('dry-run', { type: 'boolean', conflicts: 'yes', describe: 'Show, and change nothing' })
      .option('yes', { type: 'boolean', alias: 'y', describe: 'Put back without asking' })
      .example('$0 redrive --dry-run', 'what lies there, and why')
      .example('$0 redrive --code MAILBOX_UNKNOWN --yes', 'after the mailbox was connected')
      .epilogue(
        prose(`A queue hands out ten letters of a mailbox or thread at a time, and the next ones when those are gone: so it
goes in rounds, and --dry-run may show fewer than there are. Letters that --code leaves out can stand before others.

--json (needs --dry-run or --yes): a line for each letter, {"queue", "code"?, "reason"?, "mailbox"?, "key"? or "eventId"?,
"putAsideAt", "canHelp", "canGoBack"}, then {"shown", "redriven", "left"}; "left" is what SQS counts, about. Exit codes: 0 done,
1 not confirmed. Next: mailroom status KEY`),
      ),
  run: async (context, options) => (await import('../redrive/redrive.ts')).redrive(context, options),
});
