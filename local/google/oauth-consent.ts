// The part that a person decides: which account, which of the scopes, allow or cancel. Errors before the client is
// known are shown, never redirected (RFC 6749 4.1.2.1).
import { randomBytes } from 'node:crypto';
import type { Directory } from './accounts.ts';
import { deletedClient, type RegisteredClient } from './oauth-client.ts';
import { blockedPage, type ConsentView, consentPage } from './oauth-pages.ts';
import { html, type OAuthReply, redirect } from './oauth-reply.ts';
import { isSignInScope } from './scopes.ts';
import type { Authorisation, Tokens } from './tokens.ts';

type Request = Omit<Authorisation, 'address'> & { state: string | undefined; loginHint: string };

export class Consent {
  readonly #asked = new Map<string, Request>();
  readonly #directory: Directory;
  readonly #tokens: Tokens;
  readonly #client: RegisteredClient;

  constructor(directory: Directory, tokens: Tokens, client: RegisteredClient) {
    this.#directory = directory;
    this.#tokens = tokens;
    this.#client = client;
  }

  /** GET /o/oauth2/v2/auth */
  ask(query: URLSearchParams): OAuthReply {
    const redirectUri = query.get('redirect_uri') ?? '';
    if (query.get('client_id') !== this.#client.id)
      return blocked(401, 'invalid_client', 'The OAuth client was not found.');
    if (this.#client.isDeleted) return blocked(deletedClient.status, deletedClient.error, deletedClient.description);
    if (!isLoopback(redirectUri))
      return blocked(400, 'redirect_uri_mismatch', 'A desktop client returns to 127.0.0.1.');
    const refusal = faultOf(query);
    if (refusal) return blocked(400, 'invalid_request', refusal);
    const request: Request = {
      clientId: this.#client.id,
      redirectUri,
      scopes: (query.get('scope') ?? '').split(' ').filter((scope) => scope !== ''),
      codeChallenge: query.get('code_challenge') ?? undefined,
      // Google gives one without prompt=consent too, but only the first time: whoever relies on that is caught here.
      offline: query.get('access_type') === 'offline' && query.get('prompt') === 'consent',
      state: query.get('state') ?? undefined,
      nonce: query.get('nonce') ?? undefined,
      loginHint: query.get('login_hint') ?? '',
    };
    const id = randomBytes(16).toString('base64url');
    this.#asked.set(id, request);
    const chosen = this.#directory.find(request.loginHint)?.address;
    return html(200, this.#page(id, request, { chosen, ticked: [], lacksAccount: false }));
  }

  /** POST /o/oauth2/v2/auth/consent */
  decide(form: URLSearchParams): OAuthReply {
    const id = form.get('request') ?? '';
    const request = this.#asked.get(id);
    if (!request) return blocked(400, 'invalid_request', 'This request was decided already, or never asked.');
    const account = this.#directory.find(form.get('account') ?? '');
    const ticked = form.getAll('scope');
    if (form.get('decision') === 'allow' && !account) {
      return html(400, this.#page(id, request, { chosen: undefined, ticked, lacksAccount: true }));
    }
    this.#asked.delete(id);
    const back = new URL(request.redirectUri);
    if (request.state !== undefined) back.searchParams.set('state', request.state);
    const optional = optionalOf(request.scopes);
    const scopes = request.scopes.filter((scope) => !optional.includes(scope) || ticked.includes(scope));
    if (form.get('decision') !== 'allow' || !account || scopes.length === 0) {
      back.searchParams.set('error', 'access_denied');
      return redirect(back.href);
    }
    back.searchParams.set('code', this.#tokens.code({ ...request, scopes, address: account.address }));
    back.searchParams.set('scope', scopes.join(' '));
    return redirect(back.href);
  }

  #page(id: string, request: Request, state: Pick<ConsentView, 'chosen' | 'ticked' | 'lacksAccount'>): string {
    const { clientId, scopes } = request;
    const accounts = [...this.#directory.accounts.keys()];
    return consentPage({ request: id, clientId, accounts, scopes, optional: optionalOf(scopes), ...state });
  }
}

/**
 * Each scope that grants more than signing in has a box of its own, at first unticked; but a scope that is asked for
 * alone has none (developers.google.com/identity/protocols/oauth2/resources/granular-permissions).
 */
function optionalOf(scopes: readonly string[]): string[] {
  return scopes.length > 1 ? scopes.filter((scope) => !isSignInScope(scope)) : [];
}

function faultOf(query: URLSearchParams): string | undefined {
  if (query.get('response_type') !== 'code') return 'Invalid response_type: only code is offered.';
  if (!query.get('scope')?.trim()) return 'Missing required parameter: scope';
  const method = query.get('code_challenge_method');
  if (query.has('code_challenge') && method !== 'S256') return 'Only the S256 code_challenge_method is offered.';
  if (query.has('code_challenge') && !/^[\w-]{43}$/.test(query.get('code_challenge') ?? '')) {
    return 'code_challenge is no SHA-256 in base64url.';
  }
  return undefined;
}

/** RFC 8252 7.3: any port on the loopback. */
function isLoopback(uri: string): boolean {
  const url = URL.parse(uri);
  return url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
}

function blocked(status: number, error: string, why: string): OAuthReply {
  return html(status, blockedPage(status, error, why));
}
