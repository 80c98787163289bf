// The first authorisation of a mailbox: where a browser is sent, and what the code that comes back is worth (RFC 6749
// section 4.1 with PKCE, RFC 7636; RFC 8252 for programs without a server of their own).
// https://developers.google.com/identity/protocols/oauth2/native-app
import { randomBytes } from 'node:crypto';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import * as v from 'valibot';
import { MailError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { type Clock, type Deadline, type EpochMs, toEpochMs } from '../core/time.ts';
import { MAIL_SCOPE } from '../core/token.ts';
import { translate } from './token-endpoint.ts';

/** Mail, and two that tell whose account it is. */
const SCOPES = [MAIL_SCOPE, 'openid', 'email'];

/** A desktop client of a Google Cloud project. */
export interface OauthClient {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

export interface AuthorisationServer {
  /** Base URL; `/token` is under it. */
  readonly oauthUrl: string;
  /** Where a person consents. */
  readonly consentUrl: string;
}

/** One try: nothing of it is good for another. */
export interface Attempt {
  readonly url: string;
  readonly state: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

/** What a person granted. */
export interface Authorised {
  readonly refreshToken: Secret;
  readonly accessToken: Secret;
  readonly expiresAt: EpochMs;
  /** Of a grant that ends by itself: seven days, while the consent screen is in Testing. */
  readonly refreshTokenExpiresAt?: EpochMs;
  readonly scopes: readonly string[];
  /** Of the account that was chosen. */
  readonly address: string;
}

const TIMEOUT_MS = 20_000;

/** @param address offered first where the person is logged in to several accounts */
export async function beginAuthorisation(
  server: AuthorisationServer,
  client: OauthClient,
  { address, redirectUri }: { readonly address: string; readonly redirectUri: string },
): Promise<Attempt> {
  const [state, nonce] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')];
  const google = createClient(server, client, redirectUri);
  const { codeVerifier, codeChallenge = '' } = await google.generateCodeVerifierAsync();
  const url = google.generateAuthUrl({
    access_type: 'offline',
    // Without it Google gives a refresh token only at the first consent.
    prompt: 'consent',
    scope: SCOPES,
    state,
    nonce,
    login_hint: address,
    code_challenge_method: CodeChallengeMethod.S256,
    code_challenge: codeChallenge,
  });
  return { url, state, nonce, verifier: codeVerifier, redirectUri };
}

/** @throws MailError GRANT_DEAD where the code was used or is too old, OAUTH_… */
export async function redeemCode(
  server: AuthorisationServer,
  client: OauthClient,
  attempt: Attempt,
  code: string,
  { now, deadline }: { readonly now: Clock; readonly deadline: Deadline },
): Promise<Authorised> {
  const google = createClient(server, client, attempt.redirectUri, deadline);
  let answer: unknown;
  try {
    answer = (await google.getToken({ code, codeVerifier: attempt.verifier })).tokens;
  } catch (error) {
    throw translate(error, 'try again');
  }
  return readTokens(answer, client, attempt, now);
}

function createClient(
  server: AuthorisationServer,
  { clientId, clientSecret }: OauthClient,
  redirectUri: string,
  deadline?: Deadline,
): OAuth2Client {
  return new OAuth2Client({
    clientId,
    clientSecret: clientSecret.reveal(),
    redirectUri,
    endpoints: { oauth2AuthBaseUrl: server.consentUrl, oauth2TokenUrl: `${server.oauthUrl}/token` },
    transporterOptions: {
      timeout: Math.max(1, Math.floor(Math.min(TIMEOUT_MS, deadline?.remainingMs() ?? TIMEOUT_MS))),
      // A code works once (RFC 6749 section 4.1.2).
      retryConfig: { retry: 0 },
      // Wherever a redirect leads, the code and the client's secret would go there too.
      redirect: 'error',
    },
  });
}

const TokensSchema = v.object({
  access_token: v.pipe(v.string(), v.minLength(1)),
  refresh_token: v.pipe(v.string(), v.minLength(1)),
  expiry_date: v.number(),
  refresh_token_expires_in: v.optional(v.number()),
  scope: v.string(),
  id_token: v.string(),
});

function readTokens(answer: unknown, client: OauthClient, attempt: Attempt, now: Clock): Authorised {
  const parsed = v.safeParse(TokensSchema, answer);
  if (!parsed.success) {
    const field = v.getDotPath(parsed.issues[0]) ?? '(whole)';
    throw new MailError('OAUTH_REFUSED', `the OAuth server's answer lacks ${field}: connect again`, {
      details: { field },
    });
  }
  const { refresh_token_expires_in: secondsLeft, ...tokens } = parsed.output;
  return {
    refreshToken: new Secret(tokens.refresh_token),
    accessToken: new Secret(tokens.access_token),
    expiresAt: toEpochMs(Math.max(tokens.expiry_date, now())),
    ...(secondsLeft !== undefined && { refreshTokenExpiresAt: toEpochMs(now() + Math.round(secondsLeft * 1_000)) }),
    scopes: tokens.scope.split(' '),
    address: readAddress(tokens.id_token, client, attempt),
  };
}

const ClaimsSchema = v.object({
  iss: v.picklist(['https://accounts.google.com', 'accounts.google.com']),
  aud: v.string(),
  nonce: v.string(),
  email: v.string(),
  email_verified: v.literal(true),
});

/**
 * Of an id_token that came from the token endpoint itself, over TLS: its signature need not be checked (OpenID Connect Core
 * section 3.1.3.7, 6); that it is for this client and this try, must.
 */
function readAddress(idToken: string, { clientId }: OauthClient, { nonce }: Attempt): string {
  const payload = Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString();
  const claims = v.safeParse(v.pipe(v.string(), v.parseJson(), ClaimsSchema), payload);
  if (claims.success && claims.output.aud === clientId && claims.output.nonce === nonce) return claims.output.email;
  throw new MailError('OAUTH_REFUSED', 'the OAuth server does not say whose account it is: connect again');
}
