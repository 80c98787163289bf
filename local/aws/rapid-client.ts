// Stands in for the native part of aws-lambda-ric (rapid-client.node), which needs a compiler to install: the same three
// calls to the Runtime API, over one kept connection, so that an answer is always on its way before the next question.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');

interface Answer {
  readonly bodyJson: string;
  readonly headers: IncomingHttpHeaders;
}

export function initializeClient(): void {}

export function next(): Promise<Answer> {
  return call('GET', 'next');
}

export function done(id: string, body: string): void {
  send(`${id}/response`, body, {});
}

export function error(id: string, body: string, xray: string): void {
  send(`${id}/error`, body, { 'lambda-runtime-function-xray-error-cause': xray });
}

/** The native client posts without being awaited; a Runtime API that is gone means that this process should be too. */
function send(path: string, body: string, headers: Record<string, string>): void {
  call('POST', path, body, headers).catch(() => process.exit(1));
}

function call(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { agent, hostname, port, method, headers, path: `/2018-06-01/runtime/invocation/${path}` };
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ bodyJson: Buffer.concat(chunks).toString(), headers: response.headers }));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
