// Access tokens for senders and pollers: read from their secret, and asked of refresh-tokens when there is no good one.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { type ErrorCode, isErrorCode, MailError } from '../core/errors.ts';
import type { MailboxId } from '../core/mailbox.ts';
import { once } from '../core/once.ts';
import { parseJson } from '../core/parse.ts';
import type { TokenSource } from '../core/ports.ts';
import type { Clock } from '../core/time.ts';
import { type AccessToken, isUsable, parseAccessToken } from '../core/token.ts';
import { REFRESH_OPTIONS } from './clients.ts';
import { readSecret } from './secrets.ts';

export interface TokenSourceOptions {
  readonly secrets: SecretsManagerClient;
  readonly refreshFunction: string;
  readonly accessTokensPrefix: string;
  readonly now: Clock;
}

/** Names no version: whatever token there is said to be, it cannot be read. */
const NONE = 'none';

const RefreshAnswerSchema = v.object({
  code: v.optional(v.custom<ErrorCode>(isErrorCode)),
  message: v.optional(v.string()),
});

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  // A warm container may hold a token until it expires: a refused one is replaced by name.
  const held = new Map<MailboxId, AccessToken>();

  const readAgain = async (mailbox: MailboxId): Promise<AccessToken | undefined> => {
    const token = await readToken(options, mailbox);
    if (token !== undefined) held.set(mailbox, token);
    return token;
  };

  return {
    async current(mailbox) {
      const known = held.get(mailbox) ?? (await readAgain(mailbox));
      if (known !== undefined && isUsable(known, options.now)) return known;
      // Where its secret is gone, refresh-tokens may still take the token of its own record for good.
      await askForRefresh(options, known === undefined ? { mailbox, refused: NONE } : { mailbox });
      const token = await readAgain(mailbox);
      if (token !== undefined && isUsable(token, options.now)) return token;
      throw unavailable(mailbox, 'refresh-tokens left no usable one');
    },

    async replace(mailbox, refused) {
      held.delete(mailbox);
      await askForRefresh(options, { mailbox, refused: refused.version });
      const token = await readAgain(mailbox);
      if (token !== undefined && token.version !== refused.version) return token;
      throw unavailable(mailbox, 'the refused one was not replaced');
    },
  };
}

async function readToken(options: TokenSourceOptions, mailbox: MailboxId): Promise<AccessToken | undefined> {
  const name = `${options.accessTokensPrefix}/${mailbox}`;
  try {
    const { text, version } = await readSecret(options.secrets, name);
    return parseAccessToken(text, version, name);
  } catch (error) {
    // Before the first refresh there is none; refresh-tokens says why, if it cannot make one.
    if (error instanceof MailError && error.code === 'SECRET_MISSING') return undefined;
    throw error;
  }
}

/** Hardly any invocation needs it, and it takes 30 ms to load. */
const loadLambda = once(async () => {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  return { InvokeCommand, lambda: new LambdaClient(REFRESH_OPTIONS) };
});

async function askForRefresh(
  options: TokenSourceOptions,
  request: { mailbox: MailboxId; refused?: string },
): Promise<void> {
  const { InvokeCommand, lambda } = await loadLambda();
  const invoke = new InvokeCommand({ FunctionName: options.refreshFunction, Payload: JSON.stringify(request) });
  const { Payload, FunctionError } = await lambda.send(invoke);
  if (FunctionError !== undefined) throw unavailable(request.mailbox, 'refresh-tokens failed, its log says why');
  const answer = parseJson(
    RefreshAnswerSchema,
    Payload?.transformToString() ?? '',
    'TOKEN_UNAVAILABLE',
    'answer of refresh-tokens',
  );
  if (answer.code !== undefined)
    throw new MailError(answer.code, answer.message ?? answer.code, { details: { mailbox: request.mailbox } });
}

function unavailable(mailbox: MailboxId, why: string): MailError {
  return new MailError('TOKEN_UNAVAILABLE', `mailbox ${mailbox}: has no access token: ${why}`, {
    details: { mailbox },
  });
}
