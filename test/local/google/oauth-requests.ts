// What a program asks of the local OAuth server, for tests of what it answers.
import type { Wish } from '../../../local/google/authorise.ts';
import type { LocalGoogle } from '../../../local/google/google.ts';
import { shop } from './google-fixture.ts';

export const mailScope = 'https://mail.google.com/';

export function oauthRequests(google: () => LocalGoogle) {
  const post = async (path: string, form: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${google().endpoints.oauth}${path}`, {
      method: 'POST',
      headers: { connection: 'close', ...headers },
      body: new URLSearchParams(form),
    });
    const body: unknown = await response.json();
    return { status: response.status, body };
  };
  const credentials = () => ({ client_id: google().client.clientId, client_secret: google().client.clientSecret });
  return {
    post,
    credentials,
    refresh: (refreshToken: string) =>
      post('/token', { grant_type: 'refresh_token', refresh_token: refreshToken, ...credentials() }),
    wish: (scopes = [mailScope, 'openid', 'email'], address = shop): Wish => ({
      oauth: google().endpoints.oauth,
      ...google().client,
      address,
      scopes,
    }),
  };
}
