// Stands between a function and an emulator, and lets through what the template's policies allow the function's role.
// A refusal reads as AWS's does, so that a missing statement is known by its action and resource.
import { once } from 'node:events';
import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ApiRequest, type Place, readApiCall, type Service } from './api-call.ts';
import { type HttpServer, readBody, startHttpServer } from './http-server.ts';
import { type ApiCall, isAllowed, type Statement } from './policy.ts';

/** Who signs with an access key id, and what its role allows. */
export interface Principal {
  readonly name: string;
  readonly statements: readonly Statement[];
}

export type FindPrincipal = (accessKeyId: string) => Principal | undefined;

export function startGate(service: Service, upstream: string, place: Place, find: FindPrincipal): Promise<HttpServer> {
  return startHttpServer(async (request, response) => {
    const body = await readBody(request);
    const principal = find(accessKeyOf(request));
    const call = readApiCall(service, describe(request, body), place);
    if (principal === undefined) return refuse(service, response, 'nobody that the local AWS knows', call);
    if (!isAllowed(principal.statements, call)) return refuse(service, response, principal.name, call);
    await pass(upstream, request, body, response);
  });
}

function describe({ method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer): ApiRequest {
  const isText = headers['x-amz-target'] !== undefined;
  return { method, url, target: String(headers['x-amz-target'] ?? ''), body: isText ? body.toString() : '' };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
function accessKeyOf({ headers }: IncomingMessage): string {
  return /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
}

function refuse(service: Service, response: ServerResponse, who: string, { action, resource }: ApiCall): void {
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  if (service === 's3') {
    response.writeHead(403, { 'content-type': 'application/xml' });
    return void response.end(
      `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`,
    );
  }
  const status = service === 'lambda' ? 403 : 400;
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-errortype': 'AccessDeniedException',
  });
  response.end(JSON.stringify({ __type: 'AccessDeniedException', Message: message, message }));
}

async function pass(upstream: string, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const { connection: _connection, 'transfer-encoding': _encoding, ...headers } = request.headers;
  const method = request.method ?? 'GET';
  // The host stays as it was asked for: a queue's URL is made of it, and must lead through this gate again.
  const outgoing = forward(`${upstream}${request.url}`, {
    method,
    headers: { ...headers, 'content-length': body.length },
  });
  // A caller that has gone must not leave a long poll behind that takes a message for nobody.
  response.once('close', () => outgoing.destroy());
  outgoing.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  outgoing.once('error', () => response.destroy());
  outgoing.end(body);
  await once(response, 'close');
}
