// Where Google sends the browser back to: an HTTP server on the loopback for as long as one consent takes (RFC 8252
// section 7.3). The page is shown under an address of its own, so that the code stays in no address bar.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { expiredPage, PAGE_HEADERS, type Page, renderPage } from './pages.ts';

export interface Loopback {
  readonly redirectUri: string;
  /** Waits a moment for the browser to fetch the last page. */
  close(): Promise<void>;
}

/** What Google's redirect carried → what the browser is to show for it. */
export type OnReturn = (query: URLSearchParams) => Promise<Page>;

const LAST_PAGE_MS = 3_000;

/** @param port 0 for a free one */
export async function openLoopback(port: number, onReturn: OnReturn): Promise<Loopback> {
  const shelf = new Shelf();
  const server = createServer((request, response) => {
    answer(request, response, { host: hostOf(server), shelf, onReturn }).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    redirectUri: `http://${hostOf(server)}`,
    async close() {
      await shelf.untilFetched(LAST_PAGE_MS);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Pages that the browser has been sent to, and which of them it has fetched. */
class Shelf {
  readonly #pages: Page[] = [];
  readonly #waiting = new Map<number, () => void>();
  readonly #fetched: Promise<void>[] = [];

  put(page: Page): string {
    const index = this.#pages.push(page) - 1;
    this.#fetched.push(new Promise((resolve) => this.#waiting.set(index, resolve)));
    return `/page/${index}`;
  }

  take(path: string): Page | undefined {
    const index = Number(/^\/page\/(\d{1,6})$/.exec(path)?.[1] ?? -1);
    this.#waiting.get(index)?.();
    return this.#pages[index];
  }

  async untilFetched(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([Promise.all(this.#fetched), timeout]);
    clearTimeout(timer);
  }
}

interface Parts {
  readonly host: string;
  readonly shelf: Shelf;
  readonly onReturn: OnReturn;
}

async function answer(request: IncomingMessage, response: ServerResponse, { host, shelf, onReturn }: Parts) {
  const url = URL.parse(request.url ?? '', `http://${host}`);
  // Another name for this address is another site's: DNS rebinding.
  if (url === null || request.headers.host !== host) return void response.writeHead(421).end();
  if (request.method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end();
  const page = shelf.take(url.pathname);
  if (page !== undefined) return show(response, page);
  if (url.pathname !== '/') return void response.writeHead(404).end();
  const isReturn = url.searchParams.has('state');
  if (!isReturn) return show(response, expiredPage());
  response.writeHead(303, { location: shelf.put(await onReturn(url.searchParams)), 'referrer-policy': 'no-referrer' });
  response.end();
}

function show(response: ServerResponse, page: Page): void {
  response.writeHead(page.status, PAGE_HEADERS).end(renderPage(page));
}

function hostOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the loopback is not listening on TCP');
  return `127.0.0.1:${address.port}`;
}
