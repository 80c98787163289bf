// Whether the token opens SMTP, and IMAP or POP3, from this machine; and what the mailbox shows there.
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import type { AccessToken } from '../../lib/core/token.ts';
import { checkReadingLogin, checkSmtpLogin, type LoginResult, type ReadingFacts } from '../check-login.ts';
import { createDeadline } from '../deadline.ts';
import type { Deployment } from '../deployment.ts';
import { type Finding, ok, skipped, trouble, type Verdict, warning } from './finding.ts';

/** Ends before the check itself is given up, which could only say that there was no answer. */
const LOGIN_MS = 8_000;

export async function checkSending(
  deployment: Deployment,
  profile: MailboxProfile,
  token: AccessToken,
): Promise<Verdict> {
  const { SmtpHost, SmtpPort } = deployment.outputs;
  const result = await checkSmtpLogin(deployment, profile, token, createDeadline(LOGIN_MS));
  return { finding: describe(result, `SMTP at ${SmtpHost}:${SmtpPort}`) };
}

export async function checkReading(
  deployment: Deployment,
  profile: MailboxProfile,
  token: AccessToken,
): Promise<Verdict<ReadingFacts>> {
  const { ImapHost, ImapPort, Pop3Host, Pop3Port } = deployment.outputs;
  const server = profile.protocol === 'imap' ? `IMAP at ${ImapHost}:${ImapPort}` : `POP3 at ${Pop3Host}:${Pop3Port}`;
  const result = await checkReadingLogin(deployment, profile, token, createDeadline(LOGIN_MS));
  return { finding: describe(result, server), facts: result.kind === 'ok' ? result : undefined };
}

export function checkAllMail({ protocol, isAllMailHidden }: ReadingFacts): Verdict {
  if (protocol === 'pop3') return { finding: skipped('because POP3 knows no folders') };
  if (!isAllMailHidden) return { finding: ok('is shown in IMAP') };
  return {
    finding: warning('All Mail is hidden from IMAP', {
      cause: 'its owner took it out of IMAP: a reply that is archived before the next poll is not seen',
      cure: 'in Gmail, under Settings, Labels, tick Show in IMAP beside All Mail (docs/runbook.md, All Mail is hidden)',
    }),
  };
}

function describe(result: LoginResult, server: string): Finding {
  switch (result.kind) {
    case 'ok':
      return ok(`${server} takes the token`);
    case 'unreachable':
      return warning(`endpoint unreachable: ${server} (${result.code})`, {
        cause: `${result.text}; this is about the network of this machine, not about the mailbox`,
        cure: 'have its firewall or provider let the port out; whether the functions reach it, the checks of sending and reading say',
      });
    case 'refused':
      return refusal(result, server);
  }
}

type Refused = Extract<LoginResult, { kind: 'refused' }>;

/** Of these time is the cure. */
const PASSING = ['MAILBOX_THROTTLED', 'CONNECTIONS_EXHAUSTED', 'BANDWIDTH_EXCEEDED', 'SERVER_BUSY', 'MAILBOX_BUSY'];

function refusal({ code, text }: Refused, server: string): Finding {
  if (code === 'READING_DISABLED') {
    return trouble(`${server.slice(0, 4)} is switched off for this mailbox (${code})`, {
      cause: text,
      cure: 'switch it on in Gmail, under Settings, Forwarding and POP/IMAP; or have the administrator do so, under Apps, Google Workspace, Gmail, End User Access',
    });
  }
  if (PASSING.includes(code)) {
    return warning(`${server} has no time for now (${code})`, {
      cause: text,
      cure: `docs/troubleshooting.md has ${code}`,
    });
  }
  return trouble(`${server} refuses the login (${code})`, {
    cause: `${text}: the account is suspended, the address is none of the account, or an administrator forbids it`,
    cure: `log in at https://mail.google.com once, and look there for what Google asks; docs/troubleshooting.md has ${code}`,
  });
}
