// An IMAP connection by imapflow, without the round trips that Mailroom has no use for.
import type { ImapFlow } from 'imapflow';
import type { EmailAddress } from '../core/address.ts';
import type { Deadline } from '../core/time.ts';
import type { AccessToken } from '../core/token.ts';

export interface ImapEndpoint {
  readonly host: string;
  readonly port: number;
}

const CONNECT_MS = 10_000;

export function createClient(
  Client: typeof ImapFlow,
  endpoint: ImapEndpoint,
  user: EmailAddress,
  token: AccessToken,
  deadline: Deadline,
): ImapFlow {
  const wait = Math.max(1, Math.min(CONNECT_MS, deadline.remainingMs()));
  const client = new Client({
    ...endpoint,
    auth: { user, accessToken: token.accessToken.reveal() },
    secure: true,
    logger: false,
    disableAutoEnable: true,
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: wait,
    greetingTimeout: wait,
    socketTimeout: Math.max(1, deadline.remainingMs()),
    tls: { minVersion: 'TLSv1.2' },
  });
  // What is waiting at that moment is rejected with the same error; without a listener the process would end.
  client.on('error', () => undefined);
  const close = (): void => client.close();
  deadline.signal.addEventListener('abort', close, { once: true });
  // A run of many mailboxes would else hold every client until its end.
  client.on('close', () => deadline.signal.removeEventListener('abort', close));
  return client;
}
