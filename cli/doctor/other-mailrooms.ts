// Whether another Mailroom uses the same mailbox: two know nothing of each other's quota and replies.
import { createRegistry } from '../../lib/aws/registry.ts';
import { createFindSent } from '../../lib/aws/sent-messages.ts';
import { sameAddress } from '../../lib/core/address.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import { looksLikeOurs } from '../../lib/core/message-key.ts';
import type { EpochMs } from '../../lib/core/time.ts';
import type { AccessToken } from '../../lib/core/token.ts';
import { listSentMails } from '../../lib/imap/sent-mails.ts';
import { createDeadline } from '../deadline.ts';
import type { Deployment } from '../deployment.ts';
import { problemOfAws } from '../failure.ts';
import { listMailrooms } from '../find-stack.ts';
import { outputsOf } from '../outputs.ts';
import type { Problem } from '../problem.ts';
import { type Finding, ok, skipped, type Verdict, warning } from './finding.ts';

/** The other Mailrooms of the account and region. */
export interface OtherMailrooms {
  readonly used: readonly { readonly stack: string; readonly addresses: readonly string[] }[];
}

/** A stack into which one cannot look, and why. */
interface Closed {
  readonly stack: string;
  readonly problem: Problem;
}

export async function checkOtherMailrooms(deployment: Deployment): Promise<Verdict<OtherMailrooms>> {
  const stacks = await listMailrooms(deployment.cloudformation);
  const used: OtherMailrooms['used'][number][] = [];
  const closed: Closed[] = [];
  for (const stack of stacks) {
    const { StackName: name = '' } = stack;
    if (name === deployment.stackName) continue;
    const addresses = await addressesOf(deployment, outputsOf(stack).MailboxesTable ?? '');
    if (addresses instanceof Error) closed.push({ stack: name, problem: addresses });
    else used.push({ stack: name, addresses });
  }
  return { finding: describe(used.length, closed), facts: { used } };
}

function describe(count: number, closed: readonly Closed[]): Finding {
  const names = closed.map(({ stack }) => stack).join(', ');
  if (closed.some(({ problem }) => problem.code !== 'AWS_DENIED')) {
    return warning(`another Mailroom could not be looked into: ${names}`, {
      cause: closed.map(({ problem }) => problem.message).join('; '),
      cure: 'try again; where it stays, ask who operates it which mailboxes it uses',
    });
  }
  if (closed.length > 0) {
    return warning(`another Mailroom is not open to you: ${names}`, {
      cause: 'your rights do not reach its table of mailboxes',
      cure: 'ask who operates it which mailboxes it uses: one mailbox belongs to one Mailroom',
    });
  }
  return ok(count === 0 ? 'none in this account and region' : `${count} in this account and region`);
}

/** @returns why not, where they cannot be seen */
async function addressesOf({ db }: Deployment, table: string): Promise<readonly string[] | Problem> {
  try {
    return (await createRegistry(db, table).list()).profiles.map(({ address }) => address);
  } catch (error) {
    const problem = problemOfAws(error);
    if (problem?.code === 'AWS_DENIED' || problem?.code === 'AWS_FAILED') return problem;
    throw error;
  }
}

export function checkSharing({ used }: OtherMailrooms, { address }: MailboxProfile): Verdict {
  const others = used.filter(({ addresses }) => addresses.some((other) => sameAddress(other, address)));
  if (others.length === 0) return { finding: ok('no other stack that can be seen has this mailbox') };
  return {
    finding: warning(`another stack has the same mailbox: ${others.map(({ stack }) => stack).join(', ')}`, {
      cause: 'both read it and send from it, and neither counts what the other sends',
      cure: 'disconnect it from one of them: npx mailroom disconnect with --stack',
    }),
  };
}

/** The newest headers of sent mail. */
const MOST_LOOKED_AT = 200;
const SIDE_BY_SIDE = 20;
const LOGIN_MS = 8_000;
/** An index may lag behind its table. */
const SETTLED_MS = 60_000;

export async function checkOtherSenders(
  { db, outputs }: Deployment,
  profile: MailboxProfile,
  token: AccessToken,
  now: EpochMs,
): Promise<Verdict> {
  if (profile.protocol === 'pop3') return { finding: skipped('because POP3 shows no sent mail') };
  const endpoint = { host: outputs.ImapHost, port: outputs.ImapPort };
  const sent = await listSentMails(endpoint, profile, token, createDeadline(LOGIN_MS), MOST_LOOKED_AT);
  if (sent === undefined) return { finding: skipped('because Sent and All Mail are hidden from IMAP') };
  const ids = sent
    .filter(({ messageId, filedAt }) => looksLikeOurs(messageId, profile.address) && filedAt < now - SETTLED_MS)
    .map(({ messageId }) => messageId);
  const findSent = createFindSent(db, outputs.MessagesTable);
  let unknown = 0;
  for (let from = 0; from < ids.length; from += SIDE_BY_SIDE) {
    const found = await Promise.all(ids.slice(from, from + SIDE_BY_SIDE).map(findSent));
    unknown += found.filter((message) => message === undefined).length;
  }
  if (unknown === 0) return { finding: ok(`none among the newest ${sent.length} sent mails`) };
  return {
    finding: warning(`another Mailroom sends from this mailbox: ${unknown} of the newest ${sent.length} sent mails`, {
      cause: 'they have a Message-ID as Mailroom makes it, and this stack does not know them',
      cure: 'find the other one, in another account or region, or deleted since, and disconnect the mailbox from it',
    }),
  };
}
