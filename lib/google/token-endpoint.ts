// Google's token endpoint: a grant becomes an access token, and each kind of refusal gets its own code.
// https://developers.google.com/identity/protocols/oauth2/web-server#offline
import { OAuth2Client } from 'google-auth-library';
import * as v from 'valibot';
import { type ErrorCode, MailError } from '../core/errors.ts';
import type { IssuedToken, TokenEndpoint } from '../core/refresh-ports.ts';
import { Secret } from '../core/secret.ts';
import { type Clock, type Deadline, toEpochMs } from '../core/time.ts';
import type { Grant } from '../core/token.ts';

/** Longer than the endpoint ever takes when it works. */
const TIMEOUT_MS = 10_000;

const CredentialsSchema = v.object({
  access_token: v.string(),
  expiry_date: v.number(),
});

const FailureSchema = v.object({
  response: v.optional(
    v.object({
      status: v.number(),
      data: v.fallback(v.object({ error: v.optional(v.string()), error_subtype: v.optional(v.string()) }), {}),
    }),
  ),
});

/** @param url base URL; `/token` is under it */
export function createTokenEndpoint(url: string, now: Clock): TokenEndpoint {
  return {
    async exchange(grant, deadline) {
      const client = createClient(url, grant, deadline);
      let refreshToken: string | null | undefined;
      // The library puts the old refresh token over a new one in what it returns; its event still has the new one.
      client.once('tokens', (answered) => {
        refreshToken = answered.refresh_token;
      });
      try {
        const { credentials } = await client.refreshAccessToken();
        return issued(v.parse(CredentialsSchema, credentials), refreshToken, grant, now);
      } catch (error) {
        throw translate(error);
      }
    },
  };
}

function createClient(url: string, grant: Grant, deadline: Deadline): OAuth2Client {
  const client = new OAuth2Client({
    clientId: grant.clientId,
    clientSecret: grant.clientSecret.reveal(),
    endpoints: { oauth2TokenUrl: `${url}/token` },
    transporterOptions: {
      timeout: Math.max(1, Math.floor(Math.min(TIMEOUT_MS, deadline.remainingMs()))),
      // The schedule and the next caller are the retry: looping here would multiply calls when Google throttles.
      retryConfig: { retry: 0 },
    },
  });
  client.setCredentials({ refresh_token: grant.refreshToken.reveal() });
  return client;
}

function issued(
  { access_token, expiry_date }: v.InferOutput<typeof CredentialsSchema>,
  refreshToken: string | null | undefined,
  grant: Grant,
  now: Clock,
): IssuedToken {
  const token = { accessToken: new Secret(access_token), expiresAt: toEpochMs(Math.max(expiry_date, now())) };
  const isNew = typeof refreshToken === 'string' && refreshToken !== grant.refreshToken.reveal();
  return isNew ? { ...token, refreshToken: new Secret(refreshToken) } : token;
}

/** The cause is not kept: gaxios puts the request, with the refresh token in it, on its errors. */
export function translate(error: unknown): MailError {
  const failure = v.safeParse(FailureSchema, error);
  const response = failure.success ? failure.output.response : undefined;
  if (response === undefined) {
    return new MailError('OAUTH_UNREACHABLE', 'the OAuth server could not be reached: tried again by the next refresh');
  }
  const { error: name = '', error_subtype = '' } = response.data;
  const details = { status: response.status, ...(name !== '' && { error: name }) };
  const code = codeOf(response.status, name, error_subtype);
  return new MailError(code, `${explain(code)} (HTTP ${response.status}${name && `, ${name}`})`, { details });
}

function codeOf(status: number, name: string, subtype: string): ErrorCode {
  if (name === 'admin_policy_enforced' || subtype === 'invalid_rapt' || name === 'invalid_rapt')
    return 'GRANT_BLOCKED_BY_POLICY';
  if (name === 'invalid_grant') return 'GRANT_DEAD';
  if (name === 'invalid_client' || name === 'unauthorized_client' || name === 'deleted_client')
    return 'OAUTH_CLIENT_REFUSED';
  if (status === 429 || name === 'rate_limit_exceeded' || name === 'slow_down') return 'OAUTH_THROTTLED';
  return status >= 500 ? 'OAUTH_UNREACHABLE' : 'OAUTH_REFUSED';
}

function explain(code: ErrorCode): string {
  switch (code) {
    case 'GRANT_DEAD':
      return 'the refresh token was revoked, expired or replaced: connect the mailbox again';
    case 'GRANT_BLOCKED_BY_POLICY':
      return 'a Workspace policy blocks this grant: ask the administrator, then connect the mailbox again';
    case 'OAUTH_CLIENT_REFUSED':
      return 'the OAuth client was refused: check client id and secret in the Google Cloud console';
    case 'OAUTH_THROTTLED':
      return 'the OAuth server asks for fewer requests: tried again by the next refresh';
    case 'OAUTH_UNREACHABLE':
      return 'the OAuth server failed: tried again by the next refresh';
    default:
      return 'the OAuth server refused the request';
  }
}
