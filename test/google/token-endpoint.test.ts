// Google's token endpoint over HTTP: each refusal has its code, and no error shows the grant.
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Deadline, toEpochMs } from '../../lib/core/time.ts';
import { parseGrant } from '../../lib/core/token.ts';
import { createTokenEndpoint } from '../../lib/google/token-endpoint.ts';

const GRANT = parseGrant(
  '{"type":"oauth","address":"a@b.example","clientId":"id","clientSecret":"hush-client","refreshToken":"hush/refresh+1"}',
  'test',
);

describe('the token endpoint', () => {
  const asked: URLSearchParams[] = [];
  const paths: string[] = [];
  let answer: (response: ServerResponse) => void;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let form = '';
      for await (const chunk of request) form += chunk;
      asked.push(new URLSearchParams(form));
      paths.push(`${request.method} ${request.url}`);
      answer(response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
  beforeEach(() => {
    asked.splice(0);
    paths.splice(0);
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const says = (status: number, body: unknown) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const exchange = (ms = 5_000) =>
    createTokenEndpoint(url, () => toEpochMs(Date.now())).exchange(GRANT, deadlineIn(ms));
  const revoke = () => createTokenEndpoint(url, () => toEpochMs(Date.now())).revoke(GRANT, deadlineIn(5_000));
  const refused = async (ms?: number): Promise<unknown> => refusalOf(exchange(ms));
  const refusalOf = async (asking: Promise<unknown>): Promise<unknown> => {
    const error = await asking.catch((thrown: unknown) => thrown);
    expect(
      `${String(error)} ${JSON.stringify(error)} ${inspect(error, { depth: 30, showHidden: true, getters: true })}`,
    ).not.toMatch(/hush/);
    return error;
  };

  it('is asked once, with the grant', async () => {
    answer = says(200, { access_token: 'new', expires_in: 3_600, token_type: 'Bearer' });
    const before = Date.now();
    const issued = await exchange();
    expect(issued.accessToken.reveal()).toBe('new');
    expect(issued.expiresAt).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(issued.expiresAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect(asked.map((form) => Object.fromEntries(form))).toEqual([
      { grant_type: 'refresh_token', client_id: 'id', client_secret: 'hush-client', refresh_token: 'hush/refresh+1' },
    ]);
    expect(inspect(issued, { depth: 10, showHidden: true })).not.toContain('new');
  });

  it('leaves the refresh token alone where Google returns none, or the same', async () => {
    answer = says(200, { access_token: 'new', expires_in: 3_600 });
    expect(await exchange()).not.toHaveProperty('refreshToken');
    answer = says(200, { access_token: 'new', expires_in: 3_600, refresh_token: 'hush/refresh+1' });
    expect(await exchange()).not.toHaveProperty('refreshToken');
  });

  it('says when the grant ends, where Google does', async () => {
    answer = says(200, { access_token: 'new', expires_in: 3_600, refresh_token_expires_in: 604_799 });
    const before = Date.now();
    const { refreshTokenExpiresAt = 0 } = await exchange();
    expect(refreshTokenExpiresAt).toBeGreaterThanOrEqual(before + 604_799_000);
    expect(refreshTokenExpiresAt).toBeLessThanOrEqual(Date.now() + 604_799_000);
    for (const odd of [undefined, null, 'soon', -1, 1e300]) {
      answer = says(200, { access_token: 'new', expires_in: 3_600, refresh_token_expires_in: odd });
      expect(await exchange()).not.toHaveProperty('refreshTokenExpiresAt');
    }
  });

  it('gives no empty token', async () => {
    answer = says(200, { access_token: '', expires_in: 3_600 });
    expect(await refused()).toMatchObject({ code: 'OAUTH_REFUSED' });
  });

  it.each([301, 302, 303, 307, 308])('is not followed elsewhere: HTTP %i', async (status) => {
    const asking = [exchange, revoke];
    for (const ask of asking) {
      answer = (response) => response.writeHead(status, { location: `${url}/elsewhere` }).end();
      expect(await refusalOf(ask())).toMatchObject({ code: 'OAUTH_REFUSED', details: { status } });
    }
    expect(paths).toEqual(['POST /token', 'POST /revoke']);
  });

  it('revokes a grant, whose token stands in no URL', async () => {
    answer = says(200, {});
    expect(await revoke()).toBe('revoked');
    expect(paths).toEqual(['POST /revoke']);
    expect(asked.map((form) => Object.fromEntries(form))).toEqual([{ token: 'hush/refresh+1' }]);
    answer = says(400, { error: 'invalid_token', error_description: 'Token expired or revoked' });
    expect(await revoke()).toBe('already-dead');
  });

  it.each([
    [429, {}, 'OAUTH_THROTTLED'],
    [503, 'busy', 'OAUTH_UNREACHABLE'],
    [400, { error: 'invalid_request' }, 'OAUTH_REFUSED'],
  ])('does not take a grant for revoked when it answers %i %j', async (status, body, code) => {
    answer = says(status, body);
    expect(await refusalOf(revoke())).toMatchObject({ code });
  });

  it.each([
    [400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }, 'GRANT_DEAD'],
    [400, { error: 'invalid_grant', error_subtype: 'invalid_rapt' }, 'GRANT_BLOCKED_BY_POLICY'],
    [400, { error: 'invalid_rapt' }, 'GRANT_BLOCKED_BY_POLICY'],
    [400, { error: 'admin_policy_enforced' }, 'GRANT_BLOCKED_BY_POLICY'],
    [401, { error: 'invalid_client' }, 'OAUTH_CLIENT_REFUSED'],
    [401, { error: 'unauthorized_client' }, 'OAUTH_CLIENT_REFUSED'],
    [401, { error: 'deleted_client' }, 'OAUTH_CLIENT_REFUSED'],
    [403, { error: 'rate_limit_exceeded' }, 'OAUTH_THROTTLED'],
    [429, {}, 'OAUTH_THROTTLED'],
    [500, { error: 'internal_failure' }, 'OAUTH_UNREACHABLE'],
    [503, 'busy', 'OAUTH_UNREACHABLE'],
    [400, { error: 'invalid_scope' }, 'OAUTH_REFUSED'],
    [403, { error: { code: 403, status: 'PERMISSION_DENIED' } }, 'OAUTH_REFUSED'],
    [404, null, 'OAUTH_REFUSED'],
  ])('answering %i %j means %3$s, and is asked once', async (status, body, code) => {
    answer = says(status, body);
    expect(await refused()).toMatchObject({ name: code, code, details: { status } });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['no token', says(200, { expires_in: 3_600 })],
    ['no end of the token', says(200, { access_token: 'hush' })],
    ['null', says(200, null)],
    ['HTML', (response: ServerResponse) => response.end('<p>hush</p>')],
    [
      'half an answer',
      (response: ServerResponse) =>
        response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy()),
    ],
    ['no answer', (response: ServerResponse) => response.destroy()],
  ])('that gives %s was not reached', async (_what, given) => {
    answer = given;
    expect(await refused()).toMatchObject({ code: 'OAUTH_UNREACHABLE' });
  });

  it.each([
    ['nothing', () => undefined],
    ['half an answer and no more', (response: ServerResponse) => response.writeHead(200).write('{')],
  ])('that says %s is waited for no longer than the deadline', async (_what, given) => {
    answer = given;
    const started = performance.now();
    expect(await refused(400)).toMatchObject({ code: 'OAUTH_UNREACHABLE' });
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('that nobody listens at was not reached', async () => {
    const endpoint = createTokenEndpoint('http://127.0.0.1:1', () => toEpochMs(Date.now()));
    await expect(endpoint.exchange(GRANT, deadlineIn(2_000))).rejects.toMatchObject({ code: 'OAUTH_UNREACHABLE' });
  });
});

/** What is left stays the same, so that the request's own timeout is what a test sees. */
function deadlineIn(milliseconds: number): Deadline {
  return { remainingMs: () => milliseconds, signal: AbortSignal.timeout(milliseconds) };
}
