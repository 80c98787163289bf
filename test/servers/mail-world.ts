// What the suites need of mail servers, be they the local Gmail or Dovecot and Postfix.
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, SALES, startTestStack, type TestStack, until } from '../functions/stack.ts';
import { startDebianServers } from './debian-servers.ts';

/** No server knows it, though its domain is here. */
export const NOBODY = 'nobody@customer.example';

export interface MailWorld {
  readonly stack: TestStack;
  /** Of an account: what has arrived, or what it has sent, that holds a text. */
  mails(address: string, text: string, folder?: 'INBOX' | 'Sent'): readonly string[];
  /** Ends when what was accepted has been delivered. */
  delivered(): Promise<void>;
  readonly servers: { readonly smtps: Endpoint; readonly imap: Endpoint; readonly ca: string };
  /** Every mail of a mailbox gets another UID. */
  renewUids(address: string): void;
  stop(): Promise<void>;
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

type Options = Parameters<typeof startTestStack>[0];
export type StartMailWorld = (options: Options) => Promise<MailWorld>;

const MAILBOXES = [SUPPORT, SALES];

export async function startGmailWorld(options: Options = {}): Promise<MailWorld> {
  const stack = await startTestStack({ mailboxes: MAILBOXES, ...options });
  return {
    stack,
    servers: stack.google.endpoints,
    delivered: () => Promise.resolve(),
    renewUids: (address) => stack.google.account(address).renewUids('all'),
    mails: (address, text, folder = 'INBOX') =>
      stack.google
        .account(address)
        .messages(folder === 'INBOX' ? 'INBOX' : '\\Sent')
        .map(({ raw }) => raw.toString('latin1'))
        .filter((raw) => raw.includes(text)),
    stop: () => stack.stop(),
  };
}

export async function startDebianWorld(options: Options = {}): Promise<MailWorld> {
  let servers: Awaited<ReturnType<typeof startDebianServers>> | undefined;
  try {
    const stack = await startTestStack({
      mailboxes: MAILBOXES,
      ...options,
      mailServers: async (google) => {
        servers = await startDebianServers(google.endpoints.oauth, [...MAILBOXES.map(({ address }) => address), ADA]);
        return servers;
      },
    });
    const started = servers;
    if (started === undefined) throw new Error('the stack was started without its servers');
    return {
      stack,
      servers: started,
      delivered: () => until('the queue to be empty', async () => started.queued() === 0).then(() => undefined),
      mails: (address, text, folder = 'INBOX') => started.mails(address, folder).filter((raw) => raw.includes(text)),
      renewUids: started.renewUids,
      async stop() {
        await stack.stop();
        await started.stop();
      },
    };
  } catch (error) {
    const log = servers?.log();
    await servers?.stop();
    throw new Error(`Dovecot and Postfix could not be used:\n${log ?? ''}`, { cause: error });
  }
}
