// Plays the person and the program of a first authorisation over HTTP: the program asks with PKCE (RFC 7636), the
// person chooses the account and allows, the code is exchanged. `approve` is the person alone: a test of a program
// that opens a browser hands it the URL instead.
import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';

export interface Wish {
  /** Base URL of the OAuth server. */
  oauth: string;
  clientId: string;
  clientSecret: string;
  address: string;
  scopes: readonly string[];
  /** All is allowed unless told. */
  choice?: Choice;
}

export interface Authorised {
  refreshToken: string;
  accessToken: string;
  expiresIn: number;
  idToken?: string;
}

const tokenResponse = v.object({
  access_token: v.string(),
  expires_in: v.number(),
  refresh_token: v.string(),
  id_token: v.optional(v.string()),
});

export async function authorise(wish: Wish): Promise<Authorised> {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const redirectUri = 'http://127.0.0.1:1';
  const back = await approve(authorisationUrl(wish, { verifier, state, redirectUri }), wish.address, wish.choice);
  const code = back.searchParams.get('code');
  if (code === null || back.searchParams.get('state') !== state) throw new Error('The consent gave no code');
  const response = await fetch(`${wish.oauth}/token`, {
    method: 'POST',
    headers: { connection: 'close' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      client_id: wish.clientId,
      client_secret: wish.clientSecret,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  });
  if (!response.ok) throw new Error(`The token endpoint answered ${response.status}: ${await response.text()}`);
  const got = v.parse(tokenResponse, await response.json());
  const tokens = { refreshToken: got.refresh_token, accessToken: got.access_token, expiresIn: got.expires_in };
  return got.id_token === undefined ? tokens : { ...tokens, idToken: got.id_token };
}

export interface Choice {
  /** Scopes whose box is left unticked; none unless told. */
  without?: readonly string[];
  decision?: 'allow' | 'deny';
}

/** What the person does in the browser; gives the loopback URL that the browser is then sent to, without fetching it. */
export async function approve(authorisationPage: string, address: string, choice: Choice = {}): Promise<URL> {
  const { without = [], decision = 'allow' } = choice;
  const page = await fetch(authorisationPage, { headers: { connection: 'close' } });
  const text = await page.text();
  const request = /name="request" value="([\w-]+)"/.exec(text)?.[1];
  const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1];
  if (!page.ok || !request || !action) throw new Error(`No consent page (${page.status}): ${text.slice(0, 300)}`);
  const boxes = [...text.matchAll(/name="scope" value="([^"]+)"/g)].map(([, value = '']) => unescapeHtml(value));
  if (without.some((scope) => !boxes.includes(scope))) throw new Error('The page has no box for a scope to leave out');
  const form = new URLSearchParams({ request, account: address, decision });
  for (const scope of boxes) if (!without.includes(scope)) form.append('scope', scope);
  const decided = await fetch(new URL(action, authorisationPage), {
    method: 'POST',
    redirect: 'manual',
    headers: { connection: 'close' },
    body: form,
  });
  const location = decided.headers.get('location');
  if (location === null) throw new Error(`The consent was not taken (${decided.status}): is there such an account?`);
  return new URL(location);
}

function authorisationUrl(wish: Wish, of: { verifier: string; state: string; redirectUri: string }): string {
  const url = new URL('/o/oauth2/v2/auth', wish.oauth);
  url.search = new URLSearchParams({
    client_id: wish.clientId,
    redirect_uri: of.redirectUri,
    response_type: 'code',
    scope: wish.scopes.join(' '),
    code_challenge: createHash('sha256').update(of.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    access_type: 'offline',
    prompt: 'consent',
    login_hint: wish.address,
    state: of.state,
  }).toString();
  return url.href;
}

function unescapeHtml(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}
