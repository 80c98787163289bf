// Whether a new grant opens what it is for. Nothing is stored of one that a server refuses; a server that cannot be reached
// from this machine says nothing about the grant.

import { MailError } from '../../lib/core/errors.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import type { Deadline } from '../../lib/core/time.ts';
import type { AccessToken } from '../../lib/core/token.ts';
import { checkReadingLogin, checkSmtpLogin } from '../check-login.ts';
import type { Deployment } from '../deployment.ts';

/** What a person should know, though it does not stand in the way. */
export interface LoginNote {
  readonly code: string;
  readonly text: string;
}

/** @throws MailError with the code of the refusal */
export async function checkLogins(
  deployment: Deployment,
  profile: MailboxProfile,
  token: AccessToken,
  deadline: Deadline,
): Promise<readonly LoginNote[]> {
  const [smtp, reading] = await Promise.all([
    checkSmtpLogin(deployment, profile, token, deadline),
    checkReadingLogin(deployment, profile, token, deadline),
  ]);
  const notes: LoginNote[] = [];
  for (const [name, result] of Object.entries({ SMTP: smtp, [profile.protocol.toUpperCase()]: reading })) {
    if (result.kind === 'refused') throw new MailError(result.code, result.text);
    if (result.kind === 'unreachable')
      notes.push({ code: result.code, text: `${name} could not be checked from this machine: ${result.text}` });
  }
  if (reading.kind === 'ok' && reading.isAllMailHidden) notes.push(ALL_MAIL_HIDDEN);
  return notes;
}

const ALL_MAIL_HIDDEN: LoginNote = {
  code: 'ALL_MAIL_HIDDEN',
  text: 'All Mail is hidden from IMAP, so replies that are archived at once are missed: Gmail, Settings, Labels, All Mail, "Show in IMAP"',
};
