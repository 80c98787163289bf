// Whether the grant still gives tokens. Its secret is never read: RefreshTokens is asked, and then Google about the token.
import { DescribeSecretCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { readHealth } from '../../lib/aws/grant-health.ts';
import { readSecret } from '../../lib/aws/secrets.ts';
import { type ErrorCode, isErrorCode, MailError } from '../../lib/core/errors.ts';
import type { MailboxId } from '../../lib/core/mailbox.ts';
import { type Prognosis, prognose } from '../../lib/core/prognosis.ts';
import { type AccessToken, isUsable, parseAccessToken } from '../../lib/core/token.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { invokeFunction } from '../invoke-function.ts';
import { askTokenInfo, type TokenInfo } from './authorisation-server.ts';
import { type Advice, type Finding, ok, trouble, type Verdict, warning } from './finding.ts';

/** A token, and what Google says of it. */
export interface GrantFacts {
  readonly token: AccessToken;
  readonly info: Exclude<TokenInfo, { kind: 'invalid' }>;
}

interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

export async function checkGrant(
  deployment: Deployment,
  mailbox: MailboxId,
  { now, commandLine }: Pick<Context, 'now' | 'commandLine'>,
): Promise<Verdict<GrantFacts>> {
  const absence = await findAbsence(deployment, mailbox);
  if (absence !== undefined) {
    return {
      finding: trouble(absence, {
        cause: 'it was deleted, or never stored',
        cure: 'connect the mailbox',
        command: commandLine(`connect ${mailbox}`),
      }),
    };
  }
  const { refusal, facts } = await obtainToken(deployment, mailbox, now);
  const health = await readHealth(deployment.db, deployment.outputs.MailboxesTable, mailbox);
  return {
    finding: judge(prognose(mailbox, health, now()), { refusal, isUsed: facts !== undefined, commandLine }),
    facts,
  };
}

/** Why there is no grant, if there is none. */
async function findAbsence({ secrets, outputs }: Deployment, mailbox: MailboxId): Promise<string | undefined> {
  const SecretId = `${outputs.GrantsPrefix}/${mailbox}`;
  try {
    const { DeletedDate } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    return DeletedDate === undefined ? undefined : `the secret ${SecretId} is being deleted`;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return `SECRET_MISSING: there is no secret ${SecretId}`;
    throw error;
  }
}

/** A token may be dead long before its hour is over: then it is replaced, which tells what became of the grant. */
async function obtainToken(
  deployment: Deployment,
  mailbox: MailboxId,
  now: Context['now'],
): Promise<{ refusal?: Refusal | undefined; facts?: GrantFacts }> {
  let refusal = await refresh(deployment, { mailbox });
  for (const isLast of [false, true]) {
    const token = await readToken(deployment, mailbox);
    if (token === undefined || !isUsable(token, now)) return { refusal };
    const info = await askTokenInfo(deployment.outputs.OauthUrl, token);
    if (info.kind !== 'invalid') return { refusal, facts: { token, info } };
    if (refusal !== undefined || isLast) break;
    refusal = await refresh(deployment, { mailbox, refused: token.version });
  }
  return { refusal };
}

const RefreshAnswerSchema = v.object({
  code: v.optional(v.custom<ErrorCode>(isErrorCode)),
  message: v.optional(v.string(), ''),
});

async function refresh(
  { lambda, outputs }: Deployment,
  request: { mailbox: MailboxId; refused?: string },
): Promise<Refusal | undefined> {
  const answer = await invokeFunction(lambda, outputs.RefreshTokensFunction, request);
  const { code, message } = v.parse(RefreshAnswerSchema, answer);
  return code === undefined ? undefined : { code, message };
}

async function readToken({ secrets, outputs }: Deployment, mailbox: MailboxId): Promise<AccessToken | undefined> {
  const name = `${outputs.AccessTokensPrefix}/${mailbox}`;
  try {
    const { text, version } = await readSecret(secrets, name);
    return parseAccessToken(text, version, name);
  } catch (error) {
    if (error instanceof MailError && error.code === 'SECRET_MISSING') return undefined;
    throw error;
  }
}

interface Surroundings extends Pick<Context, 'commandLine'> {
  readonly refusal: Refusal | undefined;
  readonly isUsed: boolean;
}

function judge(prognosis: Prognosis, { refusal, isUsed, commandLine }: Surroundings): Finding {
  switch (prognosis.kind) {
    case 'needs-person': {
      const since = prognosis.since === undefined ? '' : ` since ${new Date(prognosis.since).toISOString()}`;
      return trouble(`${prognosis.code}${since}`, adviceOf(prognosis, commandLine));
    }
    case 'ends': {
      const when = `it ends on ${new Date(prognosis.at).toISOString()}, in ${prognosis.daysLeft} days`;
      return warning(when, adviceOf(prognosis, commandLine));
    }
    case 'failing': {
      const cure = 'none needed: it is tried again by itself';
      return warning(`no new token for now: ${prognosis.code}`, { cause: prognosis.why, cure });
    }
    case 'good':
      if (refusal !== undefined) return refused(refusal);
      if (isUsed) return ok(`gives tokens${age(prognosis.ageDays)}`);
      return trouble('its newest token is not valid at Google', {
        cause: 'the account was changed within the last minute, or the clock of the functions is wrong',
        cure: 'look again in a minute',
      });
  }
}

type Ending = Extract<Prognosis, { kind: 'needs-person' | 'ends' }>;

function adviceOf({ why: cause, cure, command }: Ending, commandLine: Context['commandLine']): Advice {
  return { cause, cure, command: commandLine(command) };
}

function refused({ code, message }: Refusal): Finding {
  return trouble(code, { cause: message, cure: `docs/troubleshooting.md has ${code}` });
}

function age(days: number | undefined): string {
  if (days === undefined) return '';
  return days < 1 ? ', granted today' : `, granted ${Math.floor(days)} days ago`;
}
