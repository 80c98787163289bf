// `mailroom forget`: what it says of itself.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

export const forget = defineCommand({
  usage: 'forget <address>',
  summary: "Delete a person's data",
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 forget <address>

Shows what is kept of a person, asks, and deletes it: the address in the records of messages that were sent, with what bounced
and what servers said of it; the context of messages that went to that person alone; the raw mails that came from that
person, with their attachments, bounces about the address, and what was written to it by hand. The records themselves stay,
with key, Message-ID and outcome, so that nothing is sent twice. A message that still waits is named and left, unless --cancel
calls it off. It goes through all records and mails: that takes a while, and repeating it is safe.`),
      )
      .positional('address', { type: 'string', demandOption: true, describe: 'Such as ada@example.org' })
      .option('cancel', { type: 'boolean', describe: 'Call off messages to this person that still wait' })
      .option('dry-run', { type: 'boolean', conflicts: 'yes', describe: 'Show, and change nothing' })
      .option('yes', { type: 'boolean', alias: 'y', describe: 'Delete without asking' })
      .example('$0 forget ada@example.org --dry-run', 'what is kept of her')
      .example('$0 forget ada@example.org --cancel --yes', 'deletes it')
      .epilogue(
        prose(`What it cannot delete: mails in Gmail itself (search for the address there); what consumers have taken from the queue of
replies; what lies in the queues now, four days at most, and in the dead-letter queues, fourteen (redrive or purge them);
contexts of messages that went to others too; backups of the tables, 35 days.

--json (needs --dry-run or --yes): {"messages", "contexts", "sharedContexts", "mails", "waiting": [{"mailbox", "key", "state"}],
"unchanged": the same, "cancelled", "malformed": [key], "deleted", "cannotDelete"}. The counts are of what was changed, or would
be for --dry-run, where "deleted" is false; shared contexts stay. "unchanged" was being changed by others all the time,
"malformed" cannot be read. Exit codes: 0 done, 1 not confirmed, or something is unchanged.`),
      ),
  run: async (context, options) => (await import('../forget/forget.ts')).forget(context, options),
});
