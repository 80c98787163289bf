// What the desk's server answers, and to whom: to its own page only, whatever else the browser has open.
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Answer {
  readonly status?: number;
  readonly type:
    | 'text/html'
    | 'text/css'
    | 'text/javascript'
    | 'text/plain'
    | 'application/json'
    | 'application/octet-stream';
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export function send(response: ServerResponse, { status = 200, type, body, headers }: Answer): void {
  const charset = type.startsWith('text/') ? '; charset=utf-8' : '';
  response.writeHead(status, {
    'content-type': `${type}${charset}`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    ...headers,
  });
  response.end(body);
}

/**
 * A page from elsewhere can make a browser ask 127.0.0.1, by a name of its own too: what it asks names another host, and
 * what it posts another origin (https://owasp.org/www-community/attacks/csrf).
 */
export function isForeign({ method, headers }: IncomingMessage, origin: string): boolean {
  const { host } = new URL(origin);
  return headers.host !== host || (method !== 'GET' && headers.origin !== origin);
}
