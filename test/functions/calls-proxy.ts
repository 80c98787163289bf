// Stands before an endpoint of the functions, AWS's or Google's, and lets a test act at a chosen call, before or after it is made.
import { once } from 'node:events';
import { type ClientRequest, createServer, type IncomingMessage, request } from 'node:http';

export type Verdict = 'pass' | 'drop' | (() => void);

export interface CallsProxy {
  readonly url: string;
  /** Where calls go on to; set when the local AWS is up. */
  target: string;
  /** Asked for each call; a returned function is called when the endpoint has answered, and the answer is then dropped. */
  onCall: (operation: string, body: string) => Verdict | Promise<Verdict>;
  /** Told of each call that was answered, before its caller is. */
  onAnswer: (operation: string, body: string, answer: string) => void | Promise<void>;
  close(): Promise<void>;
}

export async function startCallsProxy(): Promise<CallsProxy> {
  const server = createServer(async (incoming, outgoing) => {
    const body = await read(incoming);
    const { method = 'POST' } = incoming;
    // S3 and Lambda name theirs by method and path.
    const operation = String(incoming.headers['x-amz-target'] ?? method).replace(/^.*\./, '');
    const verdict = await proxy.onCall(operation, body.toString());
    if (verdict === 'drop') return void outgoing.destroy();
    // About the connection to this proxy, not about the call.
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const forwarded = request(`${proxy.target}${incoming.url}`, { method, headers });
    forwarded.end(body);
    const answer = await responseOf(forwarded);
    if (answer === undefined) return void outgoing.destroy();
    const content = await read(answer);
    if (verdict !== 'pass') {
      verdict();
      return void outgoing.destroy();
    }
    await proxy.onAnswer(operation, body.toString(), content.toString());
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    outgoing.end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const proxy: CallsProxy = {
    url: `http://127.0.0.1:${port}`,
    target: '',
    onCall: () => 'pass',
    onAnswer: () => undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** Undefined where the endpoint cuts the connection. */
function responseOf(forwarded: ClientRequest): Promise<IncomingMessage | undefined> {
  return new Promise((resolve) => {
    forwarded.once('response', resolve).once('error', () => resolve(undefined));
  });
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
