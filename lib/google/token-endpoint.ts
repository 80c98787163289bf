// Google's authorisation server: a grant becomes an access token or ends, and each kind of refusal gets its own code.
// https://developers.google.com/identity/protocols/oauth2/web-server#offline
import { OAuth2Client } from 'google-auth-library';
import * as v from 'valibot';
import { type ErrorCode, MailError } from '../core/errors.ts';
import type { IssuedToken, TokenEndpoint } from '../core/refresh-ports.ts';
import { Secret } from '../core/secret.ts';
import { after, type Clock, type Deadline, toEpochMs } from '../core/time.ts';
import type { Grant } from '../core/token.ts';

/** Longer than the endpoint ever takes when it works. */
const TIMEOUT_MS = 10_000;

const CredentialsSchema = v.object({
  access_token: v.string(),
  expiry_date: v.number(),
  /** Seconds; of a grant that ends on a day that is known: while the consent screen is in Testing, or by its owner's choice. */
  refresh_token_expires_in: v.fallback(v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(4e9))), undefined),
});

const FailureSchema = v.object({
  response: v.optional(
    v.object({
      status: v.number(),
      data: v.fallback(v.object({ error: v.optional(v.string()), error_subtype: v.optional(v.string()) }), {}),
    }),
  ),
});

/** @param url base URL; `/token` and `/revoke` are under it */
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
        throw translate(error, 'tried again by the next refresh');
      }
    },

    async revoke(grant, deadline) {
      const { transporter } = createClient(url, grant, deadline);
      // Not the library's revokeToken: it puts the token into the URL, where logs keep it (RFC 7009 section 2.1 posts a form).
      const data = new URLSearchParams({ token: grant.refreshToken.reveal() });
      try {
        await transporter.request({ url: `${url}/revoke`, method: 'POST', data });
        return 'revoked';
      } catch (error) {
        if (refusalOf(error)?.data.error === 'invalid_token') return 'already-dead';
        throw translate(error, 'try again');
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
      // Followed, a redirect would carry the grant elsewhere.
      redirect: 'manual',
    },
  });
  client.setCredentials({ refresh_token: grant.refreshToken.reveal() });
  return client;
}

function issued(
  { access_token, expiry_date, refresh_token_expires_in }: v.InferOutput<typeof CredentialsSchema>,
  refreshToken: string | null | undefined,
  grant: Grant,
  now: Clock,
): IssuedToken {
  if (access_token === '') {
    throw new MailError('OAUTH_REFUSED', 'the OAuth server answered with an empty access token');
  }
  const isNew = typeof refreshToken === 'string' && refreshToken !== grant.refreshToken.reveal();
  return {
    accessToken: new Secret(access_token),
    expiresAt: toEpochMs(Math.max(expiry_date, now())),
    ...(isNew && { refreshToken: new Secret(refreshToken) }),
    ...(refresh_token_expires_in !== undefined && {
      refreshTokenExpiresAt: after(now(), refresh_token_expires_in * 1_000),
    }),
  };
}

function refusalOf(error: unknown): NonNullable<v.InferOutput<typeof FailureSchema>['response']> | undefined {
  const failure = v.safeParse(FailureSchema, error);
  return failure.success ? failure.output.response : undefined;
}

/** The cause is not kept: gaxios puts the request, with the refresh token in it, on its errors. */
export function translate(error: unknown, next: string): MailError {
  if (error instanceof MailError) return error;
  const response = refusalOf(error);
  if (response === undefined) {
    return new MailError('OAUTH_UNREACHABLE', `the OAuth server could not be reached: ${next}`);
  }
  const { error: name = '', error_subtype = '' } = response.data;
  const details = { status: response.status, ...(name !== '' && { error: name }) };
  const code = codeOf(response.status, name, error_subtype);
  return new MailError(code, `${explain(code, next)} (HTTP ${response.status}${name && `, ${name}`})`, { details });
}

const CLIENT_REFUSALS: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'deleted_client',
  'disabled_client',
]);

function codeOf(status: number, name: string, subtype: string): ErrorCode {
  if (name === 'admin_policy_enforced' || subtype === 'invalid_rapt' || name === 'invalid_rapt')
    return 'GRANT_BLOCKED_BY_POLICY';
  if (name === 'invalid_grant') return 'GRANT_DEAD';
  if (CLIENT_REFUSALS.has(name)) return 'OAUTH_CLIENT_REFUSED';
  if (status === 429 || name === 'rate_limit_exceeded' || name === 'slow_down') return 'OAUTH_THROTTLED';
  return status >= 500 ? 'OAUTH_UNREACHABLE' : 'OAUTH_REFUSED';
}

function explain(code: ErrorCode, next: string): string {
  switch (code) {
    case 'GRANT_DEAD':
      return 'the refresh token was revoked, expired or replaced: connect the mailbox again';
    case 'GRANT_BLOCKED_BY_POLICY':
      return 'a Workspace policy blocks this grant: ask the administrator, then connect the mailbox again';
    case 'OAUTH_CLIENT_REFUSED':
      return 'the OAuth client was refused: check client id and secret in the Google Cloud console';
    case 'OAUTH_THROTTLED':
      return `the OAuth server asks for fewer requests: ${next}`;
    case 'OAUTH_UNREACHABLE':
      return `the OAuth server failed: ${next}`;
    default:
      return 'the OAuth server refused the request';
  }
}
