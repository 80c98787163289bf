// An HTTP server of the local AWS: on 127.0.0.1 only, on a free port, and gone with its connections when it is closed.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** Ends the connections that clients keep open without a request on them, as AWS does after a while. */
  closeIdle(): void;
  close(): Promise<void>;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export async function startHttpServer(handle: RequestHandler): Promise<HttpServer> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ __type: 'InternalFailure', message: error instanceof Error ? error.message : String(error) }),
      );
    });
  });
  // A runtime may wait for its next invocation for as long as the stack is up.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return describeServer(server);
}

export function describeServer(server: Server): HttpServer {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server is not listening on TCP');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    closeIdle: () => server.closeIdleConnections(),
    close: () => closeServer(server),
  };
}

export async function readBody(request: IncomingMessage, limit = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
  }
  if (bytes > limit) throw new BodyTooLarge(bytes);
  return Buffer.concat(chunks);
}

export class BodyTooLarge extends Error {
  readonly bytes: number;

  constructor(bytes: number) {
    super(`the body has ${bytes} bytes`);
    this.bytes = bytes;
  }
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
