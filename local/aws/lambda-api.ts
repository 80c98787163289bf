// Lambda's Invoke API in front of the functions.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLarge, type HttpServer, readBody, startHttpServer } from './http-server.ts';
import type { InvokeResult } from './lambda-environment.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_SYNCHRONOUS_BYTES = 6 * 1024 * 1024;
const MAX_ASYNCHRONOUS_BYTES = 1024 * 1024;
const LOG_TAIL_BYTES = 4_096;

const PATH = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?.*)?$/;

/** @param find by name or ARN */
export function startLambdaApi(find: (id: string) => LambdaFunction | undefined): Promise<HttpServer> {
  return startHttpServer(async (request, response) => {
    const id = decodeURIComponent(PATH.exec(request.url ?? '')?.[1] ?? '');
    const target = find(id);
    if (request.headers.authorization === undefined) {
      return refuse(response, 403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    if (request.method !== 'POST' || target === undefined) {
      return refuse(response, 404, 'ResourceNotFoundException', `Function not found: ${id}`);
    }
    await invoke(target, request, response);
  });
}

async function invoke(target: LambdaFunction, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  let payload: string;
  try {
    const body = await readBody(request, type === 'Event' ? MAX_ASYNCHRONOUS_BYTES : MAX_SYNCHRONOUS_BYTES);
    payload = body.length === 0 ? '{}' : body.toString();
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    return refuse(
      response,
      413,
      'RequestTooLargeException',
      `${error.bytes} byte payload is too large for the ${type} invocation type`,
    );
  }
  if (!isJson(payload))
    return refuse(response, 400, 'InvalidRequestContentException', 'Could not parse request body into json');
  if (type === 'DryRun') return void response.writeHead(204).end();
  if (type === 'Event') {
    // Every function of Mailroom sets its asynchronous retries to 0 or is invoked synchronously: none are made here.
    void target.invoke(payload);
    return void response.writeHead(202).end();
  }
  const result = await target.invoke(payload);
  response.writeHead(200, headersOf(result, request.headers['x-amz-log-type'] === 'Tail'));
  response.end(result.payload);
}

function headersOf({ functionError, log }: InvokeResult, isLogWanted: boolean): Record<string, string> {
  const tail = Buffer.from(log.join('\n')).subarray(-LOG_TAIL_BYTES).toString('base64');
  return {
    'content-type': 'application/json',
    'x-amz-executed-version': '$LATEST',
    ...(functionError !== undefined && { 'x-amz-function-error': functionError }),
    ...(isLogWanted && { 'x-amz-log-result': tail }),
  };
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  response.end(JSON.stringify({ Type: 'User', Message: message, message }));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
