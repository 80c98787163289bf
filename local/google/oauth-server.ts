// The HTTP face of the OAuth server. One's own code, not oidc-provider: that takes 300 ms to import (the whole start
// is to take as long), has no clock to inject, and neither Google's token shapes nor its error texts can be configured.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Faults, OAuthFaultAction, OAuthPoint } from './faults.ts';
import type { Consent } from './oauth-consent.ts';
import { json, type OAuthReply, refuse } from './oauth-reply.ts';
import type { TokenEndpoint } from './oauth-token.ts';
import type { Tokens } from './tokens.ts';

export interface OAuthServer {
  url: string;
  stop(): Promise<void>;
}

interface Exchange {
  query: URLSearchParams;
  form: URLSearchParams;
  authorization: string | undefined;
}

interface Parts {
  consent: Consent;
  endpoint: TokenEndpoint;
  tokens: Tokens;
  faults: Faults;
  /** What its clock shows, in epoch milliseconds: every answer says so in its Date field. */
  clock(): number;
}

type Route = { at?: OAuthPoint; answer: (exchange: Exchange, parts: Parts) => OAuthReply | Promise<OAuthReply> };

const maxBodyBytes = 64 * 1024;

/** Query or form: Google takes a token to revoke or look at either way. */
function either({ query, form }: Exchange): URLSearchParams {
  return form.size > 0 ? form : query;
}

function tokenInfo(exchange: Exchange, { endpoint }: Parts): OAuthReply {
  return endpoint.tokenInfo(either(exchange), exchange.authorization);
}

const routes: Record<string, Route> = {
  'GET /o/oauth2/v2/auth': { at: 'auth', answer: ({ query }, { consent }) => consent.ask(query) },
  'POST /o/oauth2/v2/auth/consent': { answer: ({ form }, { consent }) => consent.decide(form) },
  'POST /token': {
    at: 'token',
    answer: ({ form, authorization }, { endpoint }) => endpoint.token(form, authorization),
  },
  'POST /revoke': { at: 'revoke', answer: (exchange, { endpoint }) => endpoint.revoke(either(exchange)) },
  'POST /introspect': { at: 'introspect', answer: ({ form }, { endpoint }) => endpoint.introspect(form) },
  'GET /tokeninfo': { at: 'tokeninfo', answer: tokenInfo },
  'POST /tokeninfo': { at: 'tokeninfo', answer: tokenInfo },
  'GET /userinfo': { at: 'userinfo', answer: ({ authorization }, { endpoint }) => endpoint.userInfo(authorization) },
  'GET /oauth2/v1/certs': { answer: async (_, { endpoint }) => json(200, await endpoint.idTokens.pemCertificates()) },
  'GET /oauth2/v3/certs': { answer: async (_, { endpoint }) => json(200, await endpoint.idTokens.certificates()) },
};

export async function startOAuthServer(parts: Parts): Promise<OAuthServer> {
  const server = createServer((request, response) => {
    handle(request, response, parts).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The OAuth server listens on no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
  const body = await readBody(request);
  // Node would write the machine's own.
  response.setHeader('date', new Date(parts.clock()).toUTCString());
  if (!url || body === undefined) return send(response, refuse(400, 'invalid_request', 'Bad Request'));
  const form = new URLSearchParams(body);
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) return send(response, refuse(404, 'not_found', 'The requested URL was not found on this server.'));
  const fault = route.at && parts.faults.oauthScript.take(route.at, mailboxOf(form, parts.tokens));
  if (fault) return act(response, fault);
  const exchange = { query: url.searchParams, form, authorization: request.headers.authorization };
  send(response, await route.answer(exchange, parts));
}

function act(response: ServerResponse, fault: OAuthFaultAction): void {
  if (fault === 'stall') return;
  if (fault === 'cut') response.destroy();
  else send(response, json(fault.status, fault.body, fault.headers));
}

function mailboxOf(form: URLSearchParams, tokens: Tokens): string | undefined {
  return tokens.refresh(form.get('refresh_token') ?? form.get('token') ?? '')?.address;
}

function send(response: ServerResponse, reply: OAuthReply): void {
  response.writeHead(reply.status, reply.headers).end(reply.body);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    size += part.length;
    if (size > maxBodyBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
