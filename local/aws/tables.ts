// DynamoDB, by dynalite: in this process, in memory, on 127.0.0.1.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { describeServer, type HttpServer } from './http-server.ts';

type Dynalite = (options: { createTableMs: number; deleteTableMs: number; updateTableMs: number }) => Server;

/** dynalite has no types, and is CommonJS. */
const dynalite: Dynalite = createRequire(import.meta.url)('dynalite');

export async function startTables(): Promise<HttpServer> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const described = describeServer(server);
  return { ...described, close: () => closeWithConnections(server) };
}

/** dynalite's own close waits for half a minute for connections that are kept alive. */
async function closeWithConnections(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
