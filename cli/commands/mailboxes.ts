// `mailroom mailboxes`: what it says of itself.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

export const mailboxes = defineCommand({
  usage: 'mailboxes',
  summary: 'List the connected mailboxes and how they fare',
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 mailboxes

Lists every connected mailbox: how its grant fares and what is to be expected of it, what it has sent of its quota in the
last 24 hours, whether anything holds its sending or reading, when it was last read and when a reply was last routed, and how
many messages wait. It only reads, and asks nothing of Google: "doctor" does.`),
      )
      .example('$0 mailboxes', 'a line for each')
      .example('$0 mailboxes --json', 'for a monitor')
      .epilogue(
        prose(`--json: a line for each mailbox: {"mailbox", "address", "plan", "protocol", "health": "good" | "ends" | "needs-person" |
"failing", "grant": {"grantedAt"?, "refreshedAt"?, "code"?, "since"?, "endsAt"?, "cause"?, "why"?, "cure"?, "command"?}, "quota":
{"messages", "limit"}, "sendingHold"?, "operatorHold"?, "readingHold"?: {"code", "until"?, "since"?, "reason"?}, "readAt"?,
"lastReplyAt"?, "failedPolls", "unsettled"}; times in milliseconds since 1970. "unsettled" is what waits, is in work or may have
been sent; it is counted to a thousand. A mailbox whose records cannot be read: {"mailbox", "health": "malformed", "error"}.
Exit codes: 0 all fare well, 4 one needs a person, now or before its grant ends.
Next: mailroom doctor, or the command that it names.`),
      ),
  run: async (context) => (await import('../mailboxes/mailboxes.ts')).mailboxes(context),
});
