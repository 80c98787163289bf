// Stands in for the native part of aws-lambda-ric (rapid-client.node), which needs a compiler to install: the same three
// calls to the Runtime API, over one kept connection, so that an answer is always on its way before the next question.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');

export function initializeClient() {}

export function next() {
  return call('GET', 'next');
}

export function done(id, body) {
  send(`${id}/response`, body, {});
}

export function error(id, body, xray) {
  send(`${id}/error`, body, { 'lambda-runtime-function-xray-error-cause': xray });
}

/** The native client posts without being awaited; a Runtime API that is gone means that this process should be too. */
function send(path, body, headers) {
  call('POST', path, body, headers).catch(() => process.exit(1));
}

/** @returns {Promise<{ bodyJson: string, headers: import('node:http').IncomingHttpHeaders }>} */
function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const options = { agent, hostname, port, method, headers, path: `/2018-06-01/runtime/invocation/${path}` };
    const outgoing = request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ bodyJson: Buffer.concat(chunks).toString(), headers: response.headers }));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
