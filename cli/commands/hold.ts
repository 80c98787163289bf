// `mailroom hold`: what it says of itself.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

export const hold = defineCommand({
  usage: 'hold <mailbox>',
  summary: 'Stop a mailbox from sending',
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 hold <mailbox>

Stops a mailbox from sending, until "release" or until the time that --until names. Its mail waits and nothing is lost:
sends answer "held" with the code HELD_BY_OPERATOR, whether they are invoked or come by the outbox. A mail that is under
way at this moment is still sent. Reading goes on: replies are still delivered. What it changes is one hold in the
mailbox's sending state; a hold that Mailroom made itself (throttling, quota) stays beside it.`),
      )
      .positional('mailbox', { type: 'string', demandOption: true, describe: 'Its id, such as support' })
      .option('until', {
        type: 'string',
        requiresArg: true,
        describe: 'When it ends by itself: a span (30m, 2h, 7d) or a date; without it only release ends it',
      })
      .option('reason', { type: 'string', requiresArg: true, describe: 'For whoever looks at it in "mailboxes"' })
      .example('$0 hold support', 'until someone releases it')
      .example('$0 hold support --until 2h --reason "wrong price in the template"', 'for two hours')
      .epilogue(
        prose(`--json: {"mailbox", "since", "until"?, "reason"?}, times in milliseconds since 1970.
Exit codes: 0 it is held, 1 no such mailbox. Next: mailroom release <mailbox>`),
      ),
  run: async (context, options) => (await import('../hold/hold.ts')).hold(context, options),
});
