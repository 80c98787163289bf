// What a token opens: the scope that was consented to, and whose account it is.
import { sameAddress } from '../../lib/core/address.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { MAIL_SCOPE } from '../../lib/core/token.ts';
import type { Context } from '../command.ts';
import { type Finding, ok, skipped, trouble, type Verdict } from './finding.ts';
import type { GrantFacts } from './grant.ts';

const UNKNOWN = skipped(
  'because Google could not be asked from this machine: a login shows whether it is the right one',
);

/** What the logins need: that nothing speaks against the token. */
export interface TokenFacts {
  readonly isSound: true;
}

const SOUND: TokenFacts = { isSound: true };

export function checkScope({ info }: GrantFacts, id: string, commandLine: Context['commandLine']): Verdict<TokenFacts> {
  if (info.kind === 'unreachable') return { finding: UNKNOWN, facts: SOUND };
  if (info.scopes.includes(MAIL_SCOPE)) return { finding: ok(`${MAIL_SCOPE} was granted`), facts: SOUND };
  return {
    finding: trouble(`wrong scope: ${MAIL_SCOPE} is missing`, {
      cause: 'at the consent it was not asked for, or its box was left unticked; no other scope opens SMTP and IMAP',
      cure: 'connect it again, and leave the box for mail ticked',
      command: commandLine(`connect ${id}`),
    }),
  };
}

export function checkAddress(
  { info }: GrantFacts,
  { id, address }: MailboxProfile,
  commandLine: Context['commandLine'],
): Verdict<TokenFacts> {
  if (info.kind === 'unreachable') return { finding: UNKNOWN, facts: SOUND };
  if (info.address === undefined) {
    return {
      finding: skipped('because openid and email were not consented to: a login shows whose it is'),
      facts: SOUND,
    };
  }
  if (sameAddress(info.address, address)) return { finding: ok('the account is that of the profile'), facts: SOUND };
  return { finding: wrongAddress(info.address, address, commandLine(`connect ${id}`)) };
}

function wrongAddress(granted: string, expected: string, command: string): Finding {
  return trouble(`wrong address: ${granted} consented, and the profile says ${expected}`, {
    cause: `another account was chosen at the consent; or ${expected} is an alias, a group or a delegated mailbox, which cannot log in itself`,
    cure: `connect it again as ${expected}; of an alias connect the primary account, and send with from`,
    command,
  });
}
