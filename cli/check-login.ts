// Whether a mailbox's token opens its SMTP and its IMAP or POP3 server, from this machine. Nothing is sent, and nothing in
// the mailbox changes.
import { type ErrorCode, MailError } from '../lib/core/errors.ts';
import type { MailboxProfile } from '../lib/core/mailbox.ts';
import type { MailSource } from '../lib/core/reading-ports.ts';
import type { Deadline } from '../lib/core/time.ts';
import type { AccessToken } from '../lib/core/token.ts';
import type { Deployment } from './deployment.ts';

/**
 * `refused`: the server answered, and says no. `unreachable`: it did not answer, or not over trusted TLS, which is a matter
 * of this machine's network rather than of the mailbox. `text` says what happened, without the server's own words.
 */
export type LoginResult<Facts = unknown> =
  | ({ readonly kind: 'ok' } & Facts)
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly text: string }
  | { readonly kind: 'unreachable'; readonly code: ErrorCode; readonly text: string };

export interface ReadingFacts {
  readonly protocol: MailboxProfile['protocol'];
  /** Of IMAP: its owner hides All Mail, so that what is archived at once is not seen. */
  readonly isAllMailHidden: boolean;
}

export function checkSmtpLogin(
  { outputs }: Pick<Deployment, 'outputs'>,
  { address }: Pick<MailboxProfile, 'address'>,
  token: AccessToken,
  deadline: Deadline,
): Promise<LoginResult> {
  return attempt(async () => {
    const { createTransport } = await import('../lib/smtp/transport.ts');
    const transport = createTransport({ host: outputs.SmtpHost, port: outputs.SmtpPort, tls: outputs.SmtpTls });
    const session = transport.connect(deadline);
    try {
      await session.authenticate(address, token, refuseToReplace);
      return {};
    } finally {
      session.close();
    }
  });
}

/** By the protocol of the profile. The main folder is opened, read-only. */
export function checkReadingLogin(
  { outputs }: Pick<Deployment, 'outputs'>,
  profile: MailboxProfile,
  token: AccessToken,
  deadline: Deadline,
): Promise<LoginResult<ReadingFacts>> {
  return attempt(async () => {
    const source = await sourceOf(outputs, profile.protocol);
    const session = await source.open(profile, token, deadline, {});
    session.close();
    return { protocol: profile.protocol, isAllMailHidden: session.isAllMailHidden };
  });
}

async function sourceOf(outputs: Deployment['outputs'], protocol: MailboxProfile['protocol']): Promise<MailSource> {
  if (protocol === 'pop3') {
    const { createPop3Source } = await import('../lib/pop3/mail-source.ts');
    return createPop3Source({ host: outputs.Pop3Host, port: outputs.Pop3Port });
  }
  const { createMailSource } = await import('../lib/imap/mail-source.ts');
  return createMailSource({ host: outputs.ImapHost, port: outputs.ImapPort });
}

/** What kept the server from answering, or us from hearing it. */
const UNREACHABLE: ReadonlySet<ErrorCode> = new Set([
  'SMTP_UNREACHABLE',
  'IMAP_UNREACHABLE',
  'POP3_UNREACHABLE',
  'CONNECTION_INSECURE',
  'DEADLINE_EXCEEDED',
]);

async function attempt<Facts>(work: () => Promise<Facts>): Promise<LoginResult<Facts>> {
  try {
    return { kind: 'ok', ...(await work()) };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    const { code, message: text } = error;
    return { kind: UNREACHABLE.has(code) ? 'unreachable' : 'refused', code, text };
  }
}

/** The token that was given is the one in question. */
async function refuseToReplace(): Promise<never> {
  throw new MailError('AUTHENTICATION_REFUSED', 'the SMTP server refused the access token');
}
