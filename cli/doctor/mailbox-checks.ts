// What is checked of each mailbox, and what each check needs of the others.
import { createRegistry } from '../../lib/aws/registry.ts';
import { MailError } from '../../lib/core/errors.ts';
import type { MailboxId, MailboxProfile } from '../../lib/core/mailbox.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { begin, type Check, type Need } from './check.ts';
import { checkDkim, checkDmarc, checkSpf } from './domain.ts';
import { ok, trouble, type Verdict } from './finding.ts';
import { checkGrant, type GrantFacts } from './grant.ts';
import { checkAllMail, checkReading, checkSending } from './logins.ts';
import { checkOtherSenders, checkSharing, type OtherMailrooms } from './other-mailrooms.ts';
import { checkPolls } from './reading.ts';
import { checkAllowance, checkWaiting } from './sending.ts';
import type { AskTexts } from './spf.ts';
import { checkAddress, checkScope } from './token.ts';

export interface Surroundings {
  readonly deployment: Deployment;
  readonly context: Context;
  readonly others: Check<OtherMailrooms>;
  readonly askTexts: AskTexts;
}

export function beginMailboxChecks(surroundings: Surroundings, mailbox: MailboxId): readonly Check[] {
  const { deployment, context, others, askTexts } = surroundings;
  const { commandLine } = context;
  const profile = begin('profile', () => checkProfile(deployment, mailbox, commandLine));
  const grant = begin('grant', async (need) => {
    await need(profile);
    return checkGrant(deployment, mailbox, context);
  });
  const ofProfile = (name: string, check: (of: MailboxProfile) => Promise<Verdict>) =>
    begin(name, async (need) => check(await need(profile)));
  return [
    profile,
    grant,
    ...beginLogins(surroundings, profile, grant),
    ofProfile('polls', (of) => checkPolls(deployment, of, context)),
    ofProfile('allowance', (of) => checkAllowance(deployment, of, context)),
    ofProfile('waiting', (of) => checkWaiting(deployment, of, context)),
    ofProfile('spf', ({ address }) => checkSpf(address, askTexts)),
    ofProfile('dkim', ({ address }) => checkDkim(address, askTexts)),
    ofProfile('dmarc', ({ address }) => checkDmarc(address, askTexts)),
    begin('other-stack', async (need) => checkSharing(await need(others), await need(profile))),
  ];
}

/** With the token: what it is good for, and what it shows. */
function beginLogins(
  { deployment, context }: Surroundings,
  profile: Check<MailboxProfile>,
  grant: Check<GrantFacts>,
): readonly Check[] {
  const { commandLine, now } = context;
  const scope = begin('scope', async (need) => checkScope(await need(grant), (await need(profile)).id, commandLine));
  const account = begin('account', async (need) => checkAddress(await need(grant), await need(profile), commandLine));
  const sound = async (need: Need) => {
    await need(scope);
    await need(account);
    return { of: await need(profile), token: (await need(grant)).token };
  };
  const reading = begin('read-login', async (need) => {
    const { of, token } = await sound(need);
    return checkReading(deployment, of, token);
  });
  return [
    scope,
    account,
    begin('send-login', async (need) => {
      const { of, token } = await sound(need);
      return checkSending(deployment, of, token);
    }),
    reading,
    begin('all-mail', async (need) => checkAllMail(await need(reading))),
    begin('other-senders', async (need) => {
      await need(reading);
      const { of, token } = await sound(need);
      return checkOtherSenders(deployment, of, token, now());
    }),
  ];
}

async function checkProfile(
  { db, outputs }: Deployment,
  mailbox: MailboxId,
  commandLine: Context['commandLine'],
): Promise<Verdict<MailboxProfile>> {
  const command = commandLine(`connect ${mailbox}`);
  try {
    const profile = await createRegistry(db, outputs.MailboxesTable).find(mailbox);
    return { finding: ok(`${profile.address}, read by ${profile.protocol.toUpperCase()}`), facts: profile };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    const cure =
      error.code === 'MAILBOX_UNKNOWN' ? 'connect it, or name one that is' : 'connect it again, which writes it anew';
    return { finding: trouble(error.code, { cause: error.message, cure, command }) };
  }
}
