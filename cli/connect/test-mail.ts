// The mailbox sends itself one mail: what Gmail keeps of it, and how late its copy comes, is how settling and matching will
// fare later.
import { randomUUID } from 'node:crypto';
import { domainOf } from '../../lib/core/address.ts';
import { MailError } from '../../lib/core/errors.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { parseSendRequest } from '../../lib/core/message.ts';
import { type Deadline, toEpochMs } from '../../lib/core/time.ts';
import type { AccessToken } from '../../lib/core/token.ts';
import { awaitSentCopy } from '../../lib/imap/sent-copy.ts';
import { compose } from '../../lib/smtp/compose.ts';
import { createTransport } from '../../lib/smtp/transport.ts';
import type { Outputs } from '../outputs.ts';

export type TestMail =
  /** `copyMs`: from the server's acceptance to the copy in Sent. */
  | { readonly kind: 'kept'; readonly isMessageIdKept: boolean; readonly isFromKept: boolean; readonly copyMs: number }
  | { readonly kind: 'copy-missing' }
  /** Read by POP3, which has no Sent. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'not-accepted'; readonly code: string }
  /** A server could not be asked from this machine. */
  | { readonly kind: 'not-checked'; readonly code: string };

const HEADER = 'x-mailroom-check';

/** Whatever comes of it, the mailbox is connected. */
export async function sendTestMail(
  outputs: Outputs,
  profile: MailboxProfile,
  token: AccessToken,
  deadline: Deadline,
): Promise<TestMail> {
  try {
    return await sendAndLook(outputs, profile, token, deadline);
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return { kind: 'not-checked', code: error.code };
  }
}

async function sendAndLook(
  outputs: Outputs,
  profile: MailboxProfile,
  token: AccessToken,
  deadline: Deadline,
): Promise<TestMail> {
  const value = randomUUID();
  // Not as Mailroom's own begin: a doctor would take it for the mail of another Mailroom.
  const messageId = `<check.${value}@${domainOf(profile.address)}>`;
  const code = await submit(outputs, profile, token, { messageId, value }, deadline);
  if (code !== undefined) return { kind: 'not-accepted', code };
  if (profile.protocol === 'pop3') return { kind: 'accepted' };
  const accepted = performance.now();
  const endpoint = { host: outputs.ImapHost, port: outputs.ImapPort };
  const copy = await awaitSentCopy(endpoint, profile.address, token, { header: HEADER, value }, deadline);
  if (copy === undefined) return { kind: 'copy-missing' };
  return {
    kind: 'kept',
    isMessageIdKept: copy.messageId === messageId,
    isFromKept: copy.from?.toLowerCase().includes(profile.address.toLowerCase()) === true,
    copyMs: Math.round(performance.now() - accepted),
  };
}

/** @returns why it was not accepted; undefined if it was */
async function submit(
  { SmtpHost: host, SmtpPort: port, SmtpTls: tls }: Outputs,
  profile: MailboxProfile,
  token: AccessToken,
  { messageId, value }: { readonly messageId: string; readonly value: string },
  deadline: Deadline,
): Promise<string | undefined> {
  const message = parseSendRequest({
    version: 1,
    mailbox: profile.id,
    idempotencyKey: value,
    to: profile.address,
    subject: 'Mailroom is connected',
    text: 'This mail was sent by "mailroom connect", to see what becomes of it. You can delete it.',
    headers: { [HEADER]: value },
  });
  const session = createTransport({ host, port, tls }).connect(deadline);
  try {
    await session.authenticate(profile.address, token, async () => token);
    const end = await session.transmit(compose(message, { messageId, date: toEpochMs(Date.now()) }, profile));
    if (end.kind === 'accepted') return undefined;
    return end.kind === 'refused' ? end.code : 'SEND_UNCERTAIN';
  } finally {
    session.close();
  }
}
