// `mailroom doctor`: what it says of itself.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

export const doctor = defineCommand({
  usage: 'doctor [id]',
  summary: 'Look for what is wrong, and say the cause and the cure of each trouble',
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 doctor [id]

Checks the stack and every mailbox, or the one that is named: rights, clock, queues, the grant and what it opens, the logins
to SMTP and IMAP, how reading and sending fare, the DNS records of the sender's domain, and whether another Mailroom uses
the mailbox. What is not ok comes with its cause, its cure and the command for it.

It sends no mail and changes nothing, but that a token may be refreshed, which is how it learns whether the grant lives.`),
      )
      .positional('id', { type: 'string', describe: 'One mailbox only; by default all' })
      .option('dns-server', {
        type: 'string',
        requiresArg: true,
        describe: 'Ask this DNS server, ADDRESS or ADDRESS:PORT; by default as this machine does',
      })
      .example('$0 doctor', 'the stack, and every mailbox')
      .example('$0 doctor support', 'one that does not send')
      .example('$0 doctor --json | jq \'select(.result == "trouble")\'', 'for scripts')
      .epilogue(
        prose(`--json: a line for each check: {"check", "mailbox"?, "result": "ok" | "warning" | "trouble" | "skipped", "what",
"cause"?, "cure"?, "command"?}, and as the last {"totals": {"ok", "warning", "trouble", "skipped"}}. Exit codes: 0 all is
well, or has warnings; 4 a person is needed; 3 the stack cannot be reached. All checks: docs/doctor.md`),
      ),
  run: async (context, options) => (await import('../doctor/doctor.ts')).doctor(context, options),
});
