// `mailroom release`: what it says of itself.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

export const release = defineCommand({
  usage: 'release <mailbox>',
  summary: 'Let a mailbox send and be read again, at once',
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 release <mailbox>

Ends every hold on a mailbox: the one that "hold" made, those that Mailroom made itself because Gmail asked for time or
refused the login, and a hold on reading. What waited for it becomes due, and goes out at once as far as the quota allows.
Where Gmail asked for time, sending sooner may make it ask for more. A quota that Mailroom has counted as used up is no
hold: it frees by the hour. Repeating it is safe.`),
      )
      .positional('mailbox', { type: 'string', demandOption: true, describe: 'Its id, such as support' })
      .example('$0 release support', 'sends what waited')
      .epilogue(
        prose(`--json: {"mailbox", "ended": [{"of": "sending" | "reading", "code", "until"?}], "broughtForward", "released"},
where "released" is what went back to the outbox in all mailboxes. Exit codes: 0 nothing holds it now, 1 no such mailbox.
Next: mailroom mailboxes`),
      ),
  run: async (context, options) => (await import('../hold/release.ts')).release(context, options),
});
