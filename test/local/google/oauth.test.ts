// Google's authorisation as a program sees it: code with PKCE, consent, refresh, revocation, and each refusal's JSON.
import { createHash } from 'node:crypto';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { describe, expect, it } from 'vitest';
import { approve, authorise } from '../../../local/google/authorise.ts';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { mailScope, oauthRequests } from './oauth-requests.ts';
import { dialTls, imapLoggedIn, smtpLoggedIn, xoauth2 } from './raw-client.ts';

const clock = { now: Date.now() };
const google = useGoogle({ now: () => clock.now });
const { post, credentials, refresh, wish } = oauthRequests(google);

function refreshTokenIn(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('refresh_token' in body)) return '';
  return String(body.refresh_token);
}

function page(change: Record<string, string | undefined> = {}): URL {
  const url = new URL('/o/oauth2/v2/auth', google().endpoints.oauth);
  const query: Record<string, string | undefined> = {
    client_id: google().client.clientId,
    redirect_uri: 'http://127.0.0.1:5555/back',
    response_type: 'code',
    scope: mailScope,
    code_challenge: createHash('sha256').update('verifier').digest('base64url'),
    code_challenge_method: 'S256',
    access_type: 'offline',
    prompt: 'consent',
    state: 'st',
    ...change,
  };
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

describe('the first authorisation', () => {
  it('gives tokens of Google’s sizes for code, PKCE and consent', async () => {
    const got = await authorise(wish());
    expect(got.accessToken).toMatch(/^ya29\.[\w-]{2043}$/);
    expect(got.refreshToken).toMatch(/^1\/\/0[\w-]{100,500}$/);
    expect(got.expiresIn).toBe(3599);
  });

  it('gives tokens that SMTP and IMAP admit; without the mail scope they do not', async () => {
    const { accessToken } = await authorise(wish());
    const { accessToken: weak } = await authorise(wish(['https://www.googleapis.com/auth/gmail.send']));
    for (const [token, expected] of [
      [accessToken, /^235/],
      [weak, /^334 /],
    ] as const) {
      const client = await dialTls(google(), 'smtps');
      await client.reply();
      await client.smtp('EHLO x');
      expect(await client.smtp(`AUTH XOAUTH2 ${xoauth2(shop, token)}`)).toMatch(expected);
      client.end();
    }
  });

  it('shows a page that escapes what it is given, and preselects the hinted account', async () => {
    const url = page({ login_hint: cara, scope: '<script>alert(1)</script>' });
    const text = await (await fetch(url, { headers: { connection: 'close' } })).text();
    expect(text).toContain(`value="${cara}" checked`);
    expect(text).not.toContain('<script>');
  });

  it('comes back with access_denied and the state when the person cancels', async () => {
    const back = await approve(page().href, shop, { decision: 'deny' });
    expect(back.href).toBe('http://127.0.0.1:5555/back?state=st&error=access_denied');
  });

  it.each([
    ['an unknown client', { client_id: 'x' }, 401],
    ['a redirect away from this machine', { redirect_uri: 'https://evil.example/' }, 400],
    ['the out-of-band redirect', { redirect_uri: 'urn:ietf:wg:oauth:2.0:oob' }, 400],
    ['the plain PKCE method', { code_challenge_method: 'plain' }, 400],
    ['the implicit flow', { response_type: 'token' }, 400],
    ['no scope', { scope: undefined }, 400],
  ])('shows an error, without any redirect, for %s', async (_, change, status) => {
    const response = await fetch(page(change), { redirect: 'manual', headers: { connection: 'close' } });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain('Access blocked');
  });

  it.each([
    [
      'a wrong verifier',
      { code_verifier: 'wrong' },
      { error: 'invalid_grant', error_description: 'Invalid code verifier.' },
    ],
    ['no verifier', { code_verifier: '' }, { error: 'invalid_grant', error_description: 'Missing code verifier.' }],
    [
      'another redirect',
      { redirect_uri: 'http://127.0.0.1:1/x' },
      { error: 'redirect_uri_mismatch', error_description: 'Bad Request' },
    ],
    ['a made-up code', { code: '4/x' }, { error: 'invalid_grant', error_description: 'Malformed auth code.' }],
    [
      'a wrong secret',
      { client_secret: 'x' },
      { error: 'invalid_client', error_description: 'The provided client secret is invalid.' },
    ],
    [
      'an unknown client',
      { client_id: 'x' },
      { error: 'invalid_client', error_description: 'The OAuth client was not found.' },
    ],
    [
      'an unknown grant type',
      { grant_type: 'magic' },
      { error: 'unsupported_grant_type', error_description: 'Invalid grant_type: magic' },
    ],
  ])('refuses %s at the token endpoint', async (_, change, body) => {
    const code = (await approve(page().href, shop)).searchParams.get('code') ?? '';
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://127.0.0.1:5555/back',
      code_verifier: 'verifier',
    };
    const said = await post('/token', { ...form, ...credentials(), ...change });
    expect(said).toEqual({ status: body.error === 'invalid_client' ? 401 : 400, body });
  });

  it('takes a code once; used again, what it gave dies', async () => {
    const code = (await approve(page().href, shop)).searchParams.get('code') ?? '';
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://127.0.0.1:5555/back',
      code_verifier: 'verifier',
    };
    const first = await post('/token', { ...form, ...credentials() });
    expect(first.body).toMatchObject({ token_type: 'Bearer', expires_in: 3599, scope: mailScope });
    expect(await post('/token', { ...form, ...credentials() })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await refresh(refreshTokenIn(first.body))).toMatchObject({ status: 400 });
  });

  it('gives no refresh token without access_type=offline', async () => {
    const code = (await approve(page({ access_type: undefined }).href, shop)).searchParams.get('code') ?? '';
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://127.0.0.1:5555/back',
      code_verifier: 'verifier',
    };
    const { body } = await post('/token', { ...form, ...credentials() });
    expect(body).not.toHaveProperty('refresh_token');
    expect(body).toHaveProperty('access_token');
  });
});

describe('the life of a grant', () => {
  it('refreshes without a new refresh token, by form or by Basic', async () => {
    const { refreshToken } = await authorise(wish());
    const { status, body } = await refresh(refreshToken);
    expect(status).toBe(200);
    expect(body).toMatchObject({ expires_in: 3599, token_type: 'Bearer', scope: `${mailScope} openid email` });
    expect(body).not.toHaveProperty('refresh_token');
    const { clientId, clientSecret } = google().client;
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    expect(await post('/token', form, { authorization: basic })).toMatchObject({ status: 200 });
  });

  it('says invalid_grant for a token revoked and for one never issued', async () => {
    const { refreshToken, accessToken } = await authorise(wish());
    expect(await post('/revoke', { token: refreshToken })).toEqual({ status: 200, body: {} });
    const refused = {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    };
    expect(await refresh(refreshToken)).toEqual(refused);
    expect(await refresh('1//nothing')).toEqual(refused);
    expect(await post('/introspect', { token: accessToken })).toEqual({ status: 200, body: { active: false } });
    expect(await post('/revoke', { token: refreshToken })).toMatchObject({
      status: 400,
      body: { error: 'invalid_token' },
    });
  });

  it('lets an access token die after its hour, by the injected clock', async () => {
    const { accessToken, refreshToken } = await authorise(wish());
    clock.now += 3599_000;
    expect(await post('/tokeninfo', { access_token: accessToken })).toMatchObject({
      status: 200,
      body: { email: shop },
    });
    clock.now += 1000;
    expect(await post('/tokeninfo', { access_token: accessToken })).toEqual({
      status: 400,
      body: { error: 'invalid_token', error_description: 'Invalid Value' },
    });
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('forgets the oldest of more than 100 grants of an account to a client', async () => {
    const first = await authorise(wish([mailScope], cara));
    for (let n = 0; n < 99; n += 1) await authorise(wish([mailScope], cara));
    expect((await refresh(first.refreshToken)).status).toBe(200);
    await authorise(wish([mailScope], cara));
    expect((await refresh(first.refreshToken)).status).toBe(400);
  });

  it('revokes everything of an account on request, and ends its logins', async () => {
    const { refreshToken } = await authorise(wish());
    google().account(shop).revokeGrants();
    expect((await refresh(refreshToken)).status).toBe(400);
    (await smtpLoggedIn(google(), shop)).end();
    (await imapLoggedIn(google(), shop)).end();
  });

  it('tells of an active token by introspection and userinfo', async () => {
    const { accessToken } = await authorise(wish());
    const { body } = await post('/introspect', { token: accessToken });
    expect(body).toMatchObject({
      active: true,
      username: shop,
      scope: `${mailScope} openid email`,
      token_type: 'Bearer',
    });
    const headers = { authorization: `Bearer ${accessToken}`, connection: 'close' };
    const info: unknown = await (await fetch(`${google().endpoints.oauth}/userinfo`, { headers })).json();
    expect(info).toMatchObject({ email: shop, email_verified: true, sub: expect.stringMatching(/^1\d{20}$/) });
  });
});

describe('google-auth-library', () => {
  const client = () => {
    const { oauth } = google().endpoints;
    const endpoints = {
      oauth2AuthBaseUrl: `${oauth}/o/oauth2/v2/auth`,
      oauth2TokenUrl: `${oauth}/token`,
      oauth2RevokeUrl: `${oauth}/revoke`,
      tokenInfoUrl: `${oauth}/tokeninfo`,
      oauth2FederatedSignonJwkCertsUrl: `${oauth}/oauth2/v3/certs`,
      oauth2FederatedSignonPemCertsUrl: `${oauth}/oauth2/v1/certs`,
    };
    return new OAuth2Client({ ...google().client, redirectUri: 'http://127.0.0.1:5555', endpoints });
  };

  it('refreshes, reads the token’s info, and revokes', async () => {
    const { refreshToken } = await authorise(wish());
    const auth = client();
    auth.setCredentials({ refresh_token: refreshToken });
    const { token } = await auth.getAccessToken();
    const info = await auth.getTokenInfo(token ?? '');
    expect(info.email).toBe(shop);
    expect(info.scopes).toContain(mailScope);
    await auth.revokeToken(refreshToken);
    await expect(auth.refreshAccessToken()).rejects.toMatchObject({ response: { data: { error: 'invalid_grant' } } });
  });

  it('exchanges a code with its own PKCE and verifies the id_token', async () => {
    clock.now = Date.now();
    const auth = client();
    const { codeVerifier, codeChallenge } = await auth.generateCodeVerifierAsync();
    const query = {
      access_type: 'offline',
      prompt: 'consent',
      scope: [mailScope, 'openid', 'email'],
      code_challenge: codeChallenge ?? '',
    };
    const url = auth.generateAuthUrl({ ...query, code_challenge_method: CodeChallengeMethod.S256 });
    const code = (await approve(url, shop)).searchParams.get('code') ?? '';
    const { tokens } = await auth.getToken({ code, codeVerifier });
    expect(tokens.refresh_token).toMatch(/^1\/\//);
    const ticket = await auth.verifyIdToken({ idToken: tokens.id_token ?? '', audience: google().client.clientId });
    expect(ticket.getPayload()).toMatchObject({
      iss: 'https://accounts.google.com',
      email: shop,
      email_verified: true,
    });
  });
});
