// An endpoint of AWS that takes requests, and never answers them well.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';

export interface FaultyServer {
  readonly url: string;
  /** What it was sent, as JSON. */
  readonly bodies: readonly unknown[];
  /** When it was signed, in milliseconds since 1970. */
  readonly signedAt: readonly number[];
  /** Resolves when the next request has come. */
  nextRequest(): Promise<void>;
  stop(): Promise<void>;
}

/** `stall` never answers, `cut` ends the connection, `fail` answers with a fault. */
export async function startFaultyServer(how: 'stall' | 'cut' | 'fail'): Promise<FaultyServer> {
  const bodies: unknown[] = [];
  const signedAt: number[] = [];
  const server = createServer(async (request, response) => {
    signedAt.push(timeOf(request));
    bodies.push(await json(request));
    server.emit('taken');
    if (how === 'cut') request.socket.destroy();
    if (how === 'fail') response.writeHead(400, { 'x-amzn-errortype': 'TooManyRequestsException' }).end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    bodies,
    signedAt,
    nextRequest: async () => void (await once(server, 'taken')),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** `20261121T134000Z` */
function timeOf({ headers }: IncomingMessage): number {
  const basic = String(headers['x-amz-date']);
  return Date.parse(basic.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
