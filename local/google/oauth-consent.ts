// The part that a person sees: choose an account, look at what is asked for, allow or cancel. Plain HTML forms, so that
// a browser, or authorise.ts over HTTP, can play the person. Errors before the client is known are shown, never
// redirected (RFC 6749 4.1.2.1).
import { randomBytes } from 'node:crypto';
import type { Directory } from './accounts.ts';
import { deletedClient, type RegisteredClient } from './oauth-client.ts';
import { escapeHtml, html, type OAuthReply, redirect } from './oauth-reply.ts';
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
    return html(200, this.#page(id, request));
  }

  /** POST /o/oauth2/v2/auth/consent */
  decide(form: URLSearchParams): OAuthReply {
    const id = form.get('request') ?? '';
    const request = this.#asked.get(id);
    if (!request) return blocked(400, 'invalid_request', 'This request was decided already, or never asked.');
    const account = this.#directory.find(form.get('account') ?? '');
    if (form.get('decision') === 'allow' && !account) return html(400, this.#page(id, request));
    this.#asked.delete(id);
    const back = new URL(request.redirectUri);
    if (request.state !== undefined) back.searchParams.set('state', request.state);
    if (form.get('decision') !== 'allow' || !account) {
      back.searchParams.set('error', 'access_denied');
      return redirect(back.href);
    }
    back.searchParams.set('code', this.#tokens.code({ ...request, address: account.address }));
    back.searchParams.set('scope', request.scopes.join(' '));
    return redirect(back.href);
  }

  #page(id: string, request: Request): string {
    const hinted = this.#directory.find(request.loginHint)?.address;
    const choices = [...this.#directory.accounts.keys()].map((address) => {
      const checked = address === hinted ? ' checked' : '';
      const label = escapeHtml(address);
      return `<p><label><input type="radio" name="account" value="${label}"${checked}> ${label}</label>`;
    });
    const scopes = request.scopes.map((scope) => `<li>${escapeHtml(scope)}`);
    return `<h1>Choose an account</h1>
<form method="post" action="/o/oauth2/v2/auth/consent">
<input type="hidden" name="request" value="${id}">${choices.join('\n')}
<h2>${escapeHtml(request.clientId)} wants to</h2><ul>${scopes.join('')}</ul>
<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Cancel</button></form>`;
  }
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
  return html(status, `<h1>Access blocked: authorisation error</h1><p>${escapeHtml(why)}<p>Error ${status}: ${error}`);
}
