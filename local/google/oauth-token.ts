// POST /token, /revoke, /introspect, GET /tokeninfo and /userinfo: Google's answers, to the letter of their JSON.
import type { Account, Directory } from './accounts.ts';
import { IdTokens, subjectOf } from './id-token.ts';
import { deletedClient, type RegisteredClient } from './oauth-client.ts';
import { json, type OAuthReply, refuse } from './oauth-reply.ts';
import type { AccessToken, Grant, Tokens } from './tokens.ts';

export class TokenEndpoint {
  readonly idTokens = new IdTokens();
  readonly #tokens: Tokens;
  readonly #directory: Directory;
  readonly #client: RegisteredClient;
  readonly #now: () => number;

  constructor(made: { tokens: Tokens; directory: Directory; client: RegisteredClient; now: () => number }) {
    this.#tokens = made.tokens;
    this.#directory = made.directory;
    this.#client = made.client;
    this.#now = made.now;
  }

  async token(form: URLSearchParams, authorization: string | undefined): Promise<OAuthReply> {
    const refused = this.#clientFault(form, authorization);
    if (refused) return refused;
    const grantType = form.get('grant_type') ?? '';
    if (grantType === 'authorization_code') return this.#byCode(form);
    if (grantType === 'refresh_token') return this.#byRefreshToken(form);
    return refuse(400, 'unsupported_grant_type', `Invalid grant_type: ${grantType}`);
  }

  revoke(form: URLSearchParams): OAuthReply {
    if (this.#tokens.revoke(form.get('token') ?? '')) return json(200, {});
    return refuse(400, 'invalid_token', 'Token expired or revoked');
  }

  /** Not Google's: RFC 7662, for test servers (Dovecot) that ask an issuer. */
  introspect(form: URLSearchParams): OAuthReply {
    const token = this.#tokens.access(form.get('token') ?? '');
    if (!token) return json(200, { active: false });
    const { address, clientId } = token.grant;
    const exp = Math.floor(token.expiresAt / 1000);
    const said = {
      active: true,
      scope: token.scopes.join(' '),
      client_id: clientId,
      username: address,
      email: address,
    };
    return json(200, { ...said, sub: subjectOf(address), exp, token_type: 'Bearer' });
  }

  /** The token as a parameter, or as google-auth-library sends it, in the Authorization header. */
  tokenInfo(query: URLSearchParams, authorization: string | undefined): OAuthReply {
    const token = this.#tokens.access(query.get('access_token') ?? readBearerHeader(authorization));
    if (!token) return refuse(400, 'invalid_token', 'Invalid Value');
    const { address, clientId } = token.grant;
    return json(200, {
      azp: clientId,
      aud: clientId,
      sub: subjectOf(address),
      scope: token.scopes.join(' '),
      exp: String(Math.floor(token.expiresAt / 1000)),
      expires_in: String(this.#tokens.secondsUntil(token.expiresAt)),
      ...(knowsEmail(token) && { email: address, email_verified: 'true' }),
      access_type: token.grant.refreshToken ? 'offline' : 'online',
    });
  }

  userInfo(authorization: string | undefined): OAuthReply {
    const token = this.#tokens.access(readBearerHeader(authorization));
    if (!token) return refuse(401, 'invalid_request', 'Invalid Credentials');
    const { address } = token.grant;
    return json(200, { sub: subjectOf(address), ...(knowsEmail(token) && { email: address, email_verified: true }) });
  }

  #clientFault(form: URLSearchParams, authorization: string | undefined): OAuthReply | undefined {
    const basic = readBasic(authorization);
    const clientId = basic?.id ?? form.get('client_id') ?? '';
    const secret = basic?.secret ?? form.get('client_secret') ?? '';
    if (clientId === '') return refuse(400, 'invalid_request', 'Could not determine client ID from request.');
    if (clientId !== this.#client.id) return refuse(401, 'invalid_client', 'The OAuth client was not found.');
    if (this.#client.isDeleted) return refuse(deletedClient.status, deletedClient.error, deletedClient.description);
    if (secret === '') return refuse(400, 'invalid_request', 'client_secret is missing.');
    if (secret !== this.#client.credentials.clientSecret) {
      return refuse(401, 'invalid_client', 'The provided client secret is invalid.');
    }
    return undefined;
  }

  #byCode(form: URLSearchParams): Promise<OAuthReply> | OAuthReply {
    const redeemed = this.#tokens.redeem(form.get('code') ?? '', {
      clientId: this.#client.id,
      redirectUri: form.get('redirect_uri') ?? '',
      verifier: form.get('code_verifier') ?? '',
    });
    if (redeemed.kind === 'redeemed') return this.#answer(redeemed.grant, redeemed.authorisation.nonce, true);
    if (redeemed.reason === 'redirect_uri_mismatch') return refuse(400, 'redirect_uri_mismatch', 'Bad Request');
    return refuse(400, 'invalid_grant', redeemed.reason);
  }

  #byRefreshToken(form: URLSearchParams): Promise<OAuthReply> | OAuthReply {
    const grant = this.#tokens.refresh(form.get('refresh_token') ?? '');
    // Google does not say which: expired, revoked and never issued read the same.
    if (!grant || !this.#account(grant)) return refuse(400, 'invalid_grant', 'Token has been expired or revoked.');
    const asked = form.get('scope')?.split(' ') ?? [...grant.scopes];
    if (asked.some((scope) => !grant.scopes.includes(scope))) return refuse(400, 'invalid_scope', 'Bad Request');
    return this.#answer(grant, undefined, false, asked);
  }

  async #answer(
    grant: Grant,
    nonce: string | undefined,
    withRefreshToken: boolean,
    scopes: readonly string[] = grant.scopes,
  ): Promise<OAuthReply> {
    const token = this.#tokens.issue(grant, scopes);
    const lifetimeSeconds = this.#tokens.secondsUntil(token.expiresAt);
    const claims = { address: grant.address, clientId: grant.clientId, nonce, now: this.#now(), lifetimeSeconds };
    return json(200, {
      access_token: token.value,
      expires_in: lifetimeSeconds,
      ...(withRefreshToken && grant.refreshToken && { refresh_token: grant.refreshToken }),
      ...(grant.refreshToken && this.#endOf(grant)),
      scope: scopes.join(' '),
      token_type: 'Bearer',
      ...(scopes.includes('openid') && { id_token: await this.idTokens.issue(claims) }),
    });
  }

  /** In Testing only, at the code's exchange and at each refresh. */
  #endOf({ expiresAt }: Grant): { refresh_token_expires_in: number } | undefined {
    return expiresAt === undefined ? undefined : { refresh_token_expires_in: this.#tokens.secondsUntil(expiresAt) };
  }

  #account(grant: Grant): Account | undefined {
    return this.#directory.find(grant.address);
  }
}

function knowsEmail(token: AccessToken): boolean {
  return token.scopes.some((scope) => scope === 'email' || scope.endsWith('/userinfo.email'));
}

function readBearerHeader(authorization: string | undefined): string {
  return /^bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
}

/** RFC 6749 2.3.1: both halves are form-encoded before base64. */
function readBasic(authorization: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^basic ([\w+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (!encoded) return undefined;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { id: formDecode(id), secret: formDecode(secret) };
}

/** Lenient with a stray percent sign, unlike decodeURIComponent. */
function formDecode(text: string): string {
  return new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? '';
}
