// `mailroom connect`: what it takes and what its help says.
import { defineCommand } from '../command.ts';
import { prose } from '../prose.ts';

export const connect = defineCommand({
  usage: 'connect <id>',
  summary: 'Connect a mailbox: consent in the browser, check the logins, store the grant',
  options: (yargs) =>
    yargs
      .usage(
        prose(`$0 connect <id>

Opens Google's consent screen in your browser. Choose the account whose mailbox it is and allow access to its mail.
Then the logins to SMTP and IMAP are checked, the grant is stored in your AWS account, and the mailbox sends itself one
mail, to see what Gmail keeps of it. Nothing is stored before the right account has consented and can log in.
Connecting again replaces the grant and loses nothing; do so when a mailbox needs you.`),
      )
      .positional('id', { type: 'string', demandOption: true, describe: 'Your name for the mailbox, such as support' })
      .option('address', {
        type: 'string',
        requiresArg: true,
        describe: 'The account that is to consent; asked for if not given',
      })
      .option('client', {
        type: 'string',
        requiresArg: true,
        describe: "Google's JSON file of the OAuth client; needed once a stack, or to change it",
      })
      .option('name', { type: 'string', requiresArg: true, describe: 'Display name in the From of its mail' })
      .option('plan', {
        choices: ['consumer', 'trial', 'workspace'] as const,
        describe: 'What Gmail lets it send; by default consumer for gmail.com, else workspace',
      })
      .option('protocol', { choices: ['imap', 'pop3'] as const, describe: 'How replies are read; by default imap' })
      .option('read-since', {
        type: 'string',
        requiresArg: true,
        describe: 'Route replies not older than a span (7d) or a date; by default from now on',
      })
      .option('browser', {
        type: 'boolean',
        default: true,
        describe: 'Open the browser; --no-browser prints the address',
      })
      .option('port', {
        type: 'number',
        default: 0,
        describe: 'Of 127.0.0.1, where the browser comes back; by default a free one',
      })
      .option('timeout', { type: 'number', default: 300, describe: 'Seconds to wait for the consent' })
      .option('test-mail', { type: 'boolean', default: true, describe: 'Send the mailbox one mail from itself' })
      .example('$0 connect support --client client_secret.json', 'the first mailbox')
      .example('$0 connect sales --address sales@yourdomain.com', 'the next ones')
      .example('$0 connect support --no-browser --port 8099', 'over SSH: ssh -L 8099:127.0.0.1:8099')
      .epilogue(
        prose(`The OAuth client is made once, in the Google Cloud console: docs/google-setup.md

--json: first {"kind": "consent", "url"}, the address to open; then {"kind": "connected", "mailbox", "address", "endsAt"?,
"notes", "troubles", "testMail"?}, times in milliseconds since 1970. Exit codes: 0 connected, 4 connected and something of it
needs a person, such as a grant that ends, 1 refused and not connected.`),
      ),
  run: async (context, options) => (await import('../connect/connect.ts')).connect(context, options),
});
