// Stands between a function and an emulator, and lets through what the template's policies allow the function's role.
// A refusal reads as AWS's does, so that a missing statement is known by its action and resource.
import { once } from 'node:events';
import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ApiRequest, type Place, readApiCalls, type Service } from './api-call.ts';
import { capture, isCapturing } from './capture.ts';
import { type HttpServer, readBody, startHttpServer } from './http-server.ts';
import { type ApiCall, isAllowed, type Statement } from './policy.ts';
import { escapeXml, queryError } from './query-xml.ts';
import { keyRefusal } from './table-keys.ts';

/** Who signs with an access key id, and what its role allows. */
export interface Principal {
  readonly name: string;
  readonly statements: readonly Statement[];
}

export type FindPrincipal = (accessKeyId: string) => Principal | undefined;

/** Told of a call that was done, before its caller learns of it: what it left is still there to be looked at. */
export type CallListener = (call: ApiCall) => Promise<void>;

export interface GateHouse {
  readonly place: Place;
  readonly find: FindPrincipal;
  readonly listeners: ReadonlySet<CallListener>;
}

const NOBODY: Principal = { name: 'nobody that the local AWS knows', statements: [] };

export function startGate(service: Service, upstream: string, house: GateHouse): Promise<HttpServer> {
  const { place, find, listeners } = house;
  return startHttpServer(async (request, response) => {
    const body = await readBody(request);
    if (service !== 'secretsmanager') capture(service, request.url ?? '', '\n', body);
    const principal = find(accessKeyOf(request));
    const calls = readApiCalls(service, describe(request, body), place);
    if (calls === undefined) return answerUnknown(service, request, response);
    const { name, statements } = principal ?? NOBODY;
    const refused = calls.find((call) => !isAllowed(statements, call));
    if (refused !== undefined) return refuse(service, response, name, refused);
    const wrongKey = calls.some(({ action }) => action === 'dynamodb:Query') ? keyRefusal(body.toString()) : undefined;
    if (wrongKey !== undefined) return answerError(service, response, 400, 'Validation', wrongKey);
    const tell = () => Promise.all(calls.flatMap((call) => [...listeners].map((listener) => listener(call))));
    await pass(service, upstream, request, body, response, tell);
  });
}

function describe({ method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer): ApiRequest {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const isText = isForm || headers['x-amz-target'] !== undefined;
  return { method, url, target: String(headers['x-amz-target'] ?? ''), body: isText ? body.toString() : '' };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
function accessKeyOf({ headers }: IncomingMessage): string {
  return /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
}

function refuse(service: Service, response: ServerResponse, who: string, { action, resource }: ApiCall): void {
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  const status = service === 'dynamodb' || service === 'secretsmanager' ? 400 : 403;
  answerError(service, response, status, 'AccessDenied', message);
}

/** What nobody has a policy for here is not let through, whoever asks. */
function answerUnknown(service: Service, { method, url }: IncomingMessage, response: ServerResponse): void {
  answerError(service, response, 404, 'UnknownOperation', `the local AWS does not know ${method} ${url} of ${service}`);
}

/** JSON protocols call it an exception, SQS both, for callers from before it spoke JSON. */
function answerError(service: Service, response: ServerResponse, status: number, code: string, message: string): void {
  if (service === 's3' || service === 'cloudformation') {
    const text = `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
    response.writeHead(status, { 'content-type': 'application/xml' });
    const body = service === 's3' ? `<?xml version="1.0"?><Error>${text}</Error>` : queryError(code, message);
    return void response.end(body);
  }
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-errortype': `${code}Exception`,
    ...(service === 'sqs' && { 'x-amzn-query-error': `${code};Sender` }),
  });
  response.end(JSON.stringify({ __type: `${code}Exception`, Message: message, message }));
}

async function pass(
  service: Service,
  upstream: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  tell: () => Promise<unknown>,
): Promise<void> {
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
    const status = answer.statusCode ?? 500;
    const passOn = () => {
      response.writeHead(status, answer.headers);
      answer.pipe(response);
      if (isCapturing()) captureAnswer(service, answer);
    };
    if (status < 300) tell().then(passOn, (error) => response.destroy(error));
    else passOn();
  });
  outgoing.once('error', () => response.destroy());
  outgoing.end(body);
  await once(response, 'close');
}

/** Of every service but that where secrets belong. */
function captureAnswer(service: Service, answer: IncomingMessage): void {
  if (service === 'secretsmanager') return;
  const body: Buffer[] = [];
  answer.on('data', (bytes: Buffer) => body.push(bytes));
  answer.once('close', () => capture(service, ...body));
}
