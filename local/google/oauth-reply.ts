// One answer of the OAuth server, and Google's JSON for what it refuses. Routes return replies and never touch sockets.

export interface OAuthReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): OAuthReply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body, null, 2),
  };
}

export function refuse(status: number, error: string, description: string): OAuthReply {
  return json(status, { error, error_description: description });
}

export function html(status: number, body: string): OAuthReply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body };
}

export function redirect(to: string): OAuthReply {
  return { status: 302, headers: { location: to }, body: '' };
}
