// Where Google sends the browser back to: an HTTP server on the loopback for as long as one consent takes (RFC 8252
// section 7.3). The page is shown under an address of its own, so that the code stays in no address bar.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Problem } from '../problem.ts';
import { expiredPage, PAGE_HEADERS, type Page, renderPage } from './pages.ts';

export interface Loopback {
  readonly redirectUri: string;
  /** Waits a moment for the browser to fetch the last page. */
  close(): Promise<void>;
}

/** What Google's redirect carried → what the browser is to show for it. */
export type OnReturn = (query: URLSearchParams) => Promise<Page>;

const LAST_PAGE_MS = 3_000;

/** @param port 0 for a free one  @throws Problem USAGE */
export async function openLoopback(port: number, onReturn: OnReturn): Promise<Loopback> {
  const shelf = new Shelf();
  const server = createServer((request, response) => {
    answer(request, response, { host: hostOf(server), shelf, onReturn }).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: unknown) => {
    const what = `nothing can listen on port ${port} of 127.0.0.1`;
    throw new Problem('USAGE', what, 'give another --port, or none', { cause });
  });
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

/** Pages that the browser has been sent to, or soon will be, and which of them it has fetched. */
class Shelf {
  readonly #places: { page?: Page; fetched?: () => void }[] = [];
  readonly #fetched: Promise<void>[] = [];

  /** Before it is known what it will say: who waits for the last page waits for it too. */
  reserve(): { fill(page: Page): string } {
    const place: { page?: Page; fetched?: () => void } = {};
    const index = this.#places.push(place) - 1;
    this.#fetched.push(
      new Promise((resolve) => {
        place.fetched = resolve;
      }),
    );
    return {
      fill(page) {
        place.page = page;
        return `/page/${index}`;
      },
    };
  }

  find(path: string): { readonly page?: Page; readonly fetched?: () => void } | undefined {
    return this.#places[Number(/^\/page\/(\d{1,6})$/.exec(path)?.[1] ?? -1)];
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
  const { page, fetched } = shelf.find(url.pathname) ?? {};
  if (page !== undefined) {
    response.once('finish', () => fetched?.());
    return show(response, page);
  }
  if (url.pathname !== '/') return void response.writeHead(404).end();
  if (!url.searchParams.has('state')) return show(response, expiredPage());
  const place = shelf.reserve();
  const location = place.fill(await onReturn(url.searchParams));
  response.writeHead(303, { location, 'referrer-policy': 'no-referrer' }).end();
}

function show(response: ServerResponse, page: Page): void {
  response.writeHead(page.status, PAGE_HEADERS).end(renderPage(page));
}

function hostOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the loopback is not listening on TCP');
  return `127.0.0.1:${address.port}`;
}
