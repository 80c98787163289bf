// How a grant ends without anybody revoking it, and how the client behind it does: Testing's seven days, six months
// without use, a changed password, a deleted client, a renewed secret. All of it by the system's clock.
import { afterEach, describe, expect, it } from 'vitest';
import { approve, authorise } from '../../../local/google/authorise.ts';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { mailScope, oauthRequests } from './oauth-requests.ts';
import { dialTls, xoauth2 } from './raw-client.ts';

const DAY = 24 * 60 * 60_000;
const google = useGoogle();
const { post, refresh, wish } = oauthRequests(google);
const revoked = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
};
afterEach(() => google().setPublishing('production'));

describe('in Testing', () => {
  const secondsLeft = async (refreshToken: string) => {
    const { body } = await refresh(refreshToken);
    return typeof body === 'object' && body !== null && 'refresh_token_expires_in' in body
      ? Number(body.refresh_token_expires_in)
      : undefined;
  };
  const authoriseInTesting = (scopes?: string[]) => {
    google().setPublishing('testing');
    return authorise(wish(scopes));
  };

  it('the exchange and each refresh tell the seconds left of seven days', async () => {
    google().setPublishing('testing');
    const { clientId, clientSecret } = google().client;
    const query = { client_id: clientId, response_type: 'code', scope: `${mailScope} openid`, prompt: 'consent' };
    const redirect = { redirect_uri: 'http://127.0.0.1:5555', access_type: 'offline' };
    const url = `${google().endpoints.oauth}/o/oauth2/v2/auth?${new URLSearchParams({ ...query, ...redirect })}`;
    const code = (await approve(url, shop)).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, client_id: clientId, client_secret: clientSecret };
    const { body } = await post('/token', { ...form, redirect_uri: redirect.redirect_uri });
    expect(body).toMatchObject({ refresh_token: expect.any(String), refresh_token_expires_in: 604799 });
    const { refreshToken } = await authorise(wish());
    google()
      .account(shop)
      .ageGrants(2 * DAY);
    // A slow machine may take a few seconds of them.
    expect(await secondsLeft(refreshToken)).toBeGreaterThan((5 * DAY) / 1000 - 20);
    expect(await secondsLeft(refreshToken)).toBeLessThan((5 * DAY) / 1000);
  });

  it('a grant dies by itself after seven days, published meanwhile or not', async () => {
    const { refreshToken } = await authoriseInTesting();
    google().setPublishing('production');
    google()
      .account(shop)
      .ageGrants(7 * DAY - 60_000);
    const { status, body } = await refresh(refreshToken);
    expect(status).toBe(200);
    const accessToken = typeof body === 'object' && body !== null && 'access_token' in body ? body.access_token : '';
    google().account(shop).ageGrants(60_000);
    expect(await refresh(refreshToken)).toEqual(revoked);
    expect(await post('/introspect', { token: String(accessToken) })).toMatchObject({ body: { active: false } });
  });

  it('what only signs people in, and what was made in production, stays', async () => {
    const production = await authorise(wish());
    const signIn = await authoriseInTesting(['openid', 'email']);
    google()
      .account(shop)
      .ageGrants(8 * DAY);
    for (const { refreshToken } of [production, signIn]) {
      const { status, body } = await refresh(refreshToken);
      expect(status).toBe(200);
      expect(body).not.toHaveProperty('refresh_token_expires_in');
    }
  });
});

describe('time and people', () => {
  it('six months without a refresh end a grant; a refresh begins them anew', async () => {
    const { refreshToken } = await authorise(wish());
    const account = google().account(shop);
    account.ageGrants(180 * DAY);
    expect((await refresh(refreshToken)).status).toBe(200);
    account.ageGrants(180 * DAY);
    expect((await refresh(refreshToken)).status).toBe(200);
    account.ageGrants(183 * DAY);
    expect(await refresh(refreshToken)).toEqual(revoked);
  });

  it('an aged grant’s access token is as much older; another account’s is not', async () => {
    const mine = await google().account(shop).accessToken();
    const hers = await google().account(cara).accessToken();
    google().account(shop).ageGrants(3600_000);
    expect(await post('/introspect', { token: mine })).toMatchObject({ body: { active: false } });
    expect(await post('/introspect', { token: hers })).toMatchObject({ body: { active: true } });
  });

  it('a changed password ends what opens Gmail, for that account', async () => {
    const mail = await authorise(wish());
    const sending = await authorise(wish(['https://www.googleapis.com/auth/gmail.send', 'openid']));
    const signIn = await authorise(wish(['openid', 'email']));
    const hers = await authorise(wish([mailScope], cara));
    google().account(shop).changePassword();
    expect(await refresh(mail.refreshToken)).toEqual(revoked);
    expect(await refresh(sending.refreshToken)).toEqual(revoked);
    expect((await refresh(signIn.refreshToken)).status).toBe(200);
    expect((await refresh(hers.refreshToken)).status).toBe(200);
    const client = await dialTls(google(), 'smtps');
    await client.reply();
    await client.smtp('EHLO x');
    expect(await client.smtp(`AUTH XOAUTH2 ${xoauth2(shop, mail.accessToken)}`)).toMatch(/^334 /);
    client.end();
  });
});

describe('the clock', () => {
  const apart = async (path: string) => {
    const response = await fetch(`${google().endpoints.oauth}${path}`, { headers: { connection: 'close' } });
    await response.text();
    return Date.parse(response.headers.get('date') ?? '') - Date.now();
  };

  it.each([0, 10 * 60_000, -3 * DAY])('is %i ms off in the Date of every answer', async (skew) => {
    google().setClockSkew(skew);
    google().faults.oauth({ at: 'userinfo', do: { status: 500, body: {} } });
    for (const path of ['/oauth2/v1/certs', '/o/oauth2/v2/auth', '/nowhere', '/userinfo']) {
      expect(Math.abs((await apart(path)) - skew)).toBeLessThan(5000);
    }
    google().setClockSkew(0);
  });
});

describe('the client', () => {
  it('given a new secret, is refused with the old one', async () => {
    const { refreshToken } = await authorise(wish());
    const old = google().client;
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: old.clientId };
    const secret = google().renewClientSecret();
    expect(google().client).toEqual({ clientId: old.clientId, clientSecret: secret });
    expect(secret).toMatch(/^GOCSPX-[\w-]{28}$/);
    expect(await post('/token', { ...form, client_secret: old.clientSecret })).toEqual({
      status: 401,
      body: { error: 'invalid_client', error_description: 'The provided client secret is invalid.' },
    });
    expect((await refresh(refreshToken)).status).toBe(200);
    expect(google().secrets()).toEqual(expect.arrayContaining([old.clientSecret, secret]));
  });

  it('has its secret, codes and tokens listed for whoever looks for a leak, dead ones too', async () => {
    const back = await approve(
      `${google().endpoints.oauth}/o/oauth2/v2/auth?${new URLSearchParams({
        client_id: google().client.clientId,
        redirect_uri: 'http://127.0.0.1:5555',
        response_type: 'code',
        scope: mailScope,
      })}`,
      shop,
    );
    const { refreshToken, accessToken } = await authorise(wish());
    google().account(shop).revokeGrants();
    const issued = [back.searchParams.get('code'), refreshToken, accessToken, google().client.clientSecret];
    expect(google().secrets()).toEqual(expect.arrayContaining(issued));
  });

  // Last: there is no way back.
  it('deleted, is told so at the token endpoint and on the page', async () => {
    const { refreshToken } = await authorise(wish());
    google().deleteClient();
    expect(await refresh(refreshToken)).toEqual({
      status: 401,
      body: { error: 'deleted_client', error_description: 'The OAuth client was deleted.' },
    });
    const url = `${google().endpoints.oauth}/o/oauth2/v2/auth?client_id=${google().client.clientId}&redirect_uri=http://127.0.0.1:1`;
    const page = await fetch(url, { redirect: 'manual', headers: { connection: 'close' } });
    expect(page.status).toBe(401);
    const text = await page.text();
    expect(text).toContain('The OAuth client was deleted.');
    expect(text).toContain('Error 401: deleted_client');
  });
});
