// Google's granular consent as a program meets it: what the person left unticked is granted nowhere.
import { describe, expect, it } from 'vitest';
import { approve, authorise } from '../../../local/google/authorise.ts';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { mailScope, oauthRequests } from './oauth-requests.ts';

const google = useGoogle();
const { post, credentials, refresh, wish } = oauthRequests(google);
const redirectUri = 'http://127.0.0.1:5555/back';

function page(scope: string, more: Record<string, string> = {}): string {
  const { clientId } = google().client;
  const query = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope, state: 'st', ...more };
  return `${google().endpoints.oauth}/o/oauth2/v2/auth?${new URLSearchParams(query)}`;
}

async function exchange(back: URL): Promise<unknown> {
  const code = back.searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
  return (await post('/token', { ...form, ...credentials() })).body;
}

async function decide(url: string, form: Record<string, string>) {
  const text = await (await fetch(url, { headers: { connection: 'close' } })).text();
  const request = /name="request" value="([\w-]+)"/.exec(text)?.[1] ?? '';
  return fetch(new URL('/o/oauth2/v2/auth/consent', url), {
    method: 'POST',
    redirect: 'manual',
    headers: { connection: 'close' },
    body: new URLSearchParams({ request, ...form }),
  });
}

describe('what is granted', () => {
  it('is all that was asked for when the person ticks all', async () => {
    const back = await approve(page(`${mailScope} openid email`), shop);
    expect(back.searchParams.get('scope')).toBe(`${mailScope} openid email`);
    expect(await exchange(back)).toMatchObject({ scope: `${mailScope} openid email` });
  });

  it('lacks the scope left unticked: in the redirect, in the tokens, and at the doors', async () => {
    const offline = { access_type: 'offline', prompt: 'consent' };
    const back = await approve(page(`${mailScope} openid email`, offline), shop, { without: [mailScope] });
    expect(back.searchParams.get('scope')).toBe('openid email');
    const body = await exchange(back);
    expect(body).toMatchObject({ scope: 'openid email', id_token: expect.any(String) });
    const refreshToken = typeof body === 'object' && body !== null && 'refresh_token' in body ? body.refresh_token : '';
    expect(await refresh(String(refreshToken))).toMatchObject({ status: 200, body: { scope: 'openid email' } });
    const wider = { grant_type: 'refresh_token', refresh_token: String(refreshToken), scope: mailScope };
    expect(await post('/token', { ...wider, ...credentials() })).toMatchObject({ body: { error: 'invalid_scope' } });
  });

  it('is nothing, and access_denied, when nothing was ticked and nothing else asked for', async () => {
    const send = 'https://www.googleapis.com/auth/gmail.send';
    const back = await approve(page(`${mailScope} ${send}`), shop, { without: [mailScope, send] });
    expect(back.href).toBe(`${redirectUri}?state=st&error=access_denied`);
  });

  it('is all or nothing for a scope asked for alone, which has no box', async () => {
    expect((await approve(page(mailScope), shop)).searchParams.get('scope')).toBe(mailScope);
    await expect(approve(page(mailScope), shop, { without: [mailScope] })).rejects.toThrow('no box');
  });

  it('is never a scope that nobody asked for', async () => {
    const form = { account: shop, decision: 'allow', scope: mailScope };
    const said = await decide(page('openid email'), form);
    expect(new URL(said.headers.get('location') ?? '').searchParams.get('scope')).toBe('openid email');
  });

  it('is what authorise asks for, whatever its characters', async () => {
    const odd = 'https://example.com/a?b="c"&d=<e>';
    const back = await approve(page(`${odd} openid`), shop);
    expect(back.searchParams.get('scope')).toBe(`${odd} openid`);
    expect((await authorise(wish([mailScope], cara))).refreshToken).toMatch(/^1\/\//);
  });
});

describe('without an account', () => {
  it('the page comes again, says so, and keeps what was ticked; the request can still be decided', async () => {
    const url = page(`${mailScope} openid`);
    const said = await decide(url, { decision: 'allow', scope: mailScope });
    expect(said.status).toBe(400);
    const text = await said.text();
    expect(text).toContain('Choose the account to continue with.');
    expect(text).toContain(`value="${mailScope}" checked`);
    const request = /name="request" value="([\w-]+)"/.exec(text)?.[1] ?? '';
    const decided = await decide(url, { request, account: cara, decision: 'allow', scope: mailScope });
    expect(decided.status).toBe(302);
    const again = await decide(url, { request, account: cara, decision: 'allow' });
    expect(await again.text()).toContain('This request was decided already, or never asked.');
  });

  it('cancelling works all the same', async () => {
    const said = await decide(page(`${mailScope} openid`), { decision: 'deny' });
    expect(said.headers.get('location')).toBe(`${redirectUri}?state=st&error=access_denied`);
  });
});
