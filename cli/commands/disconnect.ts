// `mailroom disconnect`: what it takes and what its help says.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

export const disconnect = defineCommand({
  usage: 'disconnect <id>',
  summary: 'Disconnect a mailbox: revoke its grant at Google, delete its secrets',
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 disconnect <id>

The mailbox is taken out of the registry, so that nobody sends from it or reads it any more; its grant is revoked at Google;
the secrets with its grant and its access token are deleted. Mail that waits stays, and goes out when the mailbox is
connected again, which works at once. Messages, replies and what the mailbox has sent today are kept.
Google revokes what the whole Google Cloud project was granted for this account: another stack that uses the same project
and mailbox has to connect it again.`),
      )
      .positional('id', { type: 'string', demandOption: true, describe: 'The mailbox, such as support' })
      .option('yes', { type: 'boolean', default: false, describe: 'Do not ask' })
      .example('$0 disconnect support', 'asks before it begins')
      .epilogue(
        prose(`What people wrote is deleted by: mailroom forget ADDRESS

--json (needs --yes): {"kind": "disconnected", "mailbox", "revocation": {"kind", ...}}. Exit codes: 0 disconnected, 4
disconnected and not revoked, 1 not confirmed, or no such mailbox.`),
      ),
  run: async (context, options) => (await import('../disconnect/disconnect.ts')).disconnect(context, options),
});
