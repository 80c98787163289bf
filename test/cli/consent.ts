// Plays the person before the browser for a running `mailroom connect`, over HTTP: consents at the local Google, and fetches
// the page that Mailroom shows.
import { approve } from '../../local/google/authorise.ts';
import type { Running } from './run-mailroom.ts';

export interface ShownPage {
  readonly status: number;
  readonly html: string;
  /** Where the browser ended up. */
  readonly url: URL;
}

/** The consent page that the command asks to be opened. */
export async function consentUrlOf(command: Running): Promise<string> {
  const [url] = await command.waitFor(/http:\/\/127\.0\.0\.1:\d+\/o\/oauth2\/v2\/auth\?[^\s"]+/);
  return url;
}

export async function consent(
  command: Running,
  address: string,
  options?: Parameters<typeof approve>[2],
): Promise<ShownPage> {
  return visit(await approve(await consentUrlOf(command), address, options));
}

export async function visit(url: URL | string): Promise<ShownPage> {
  const response = await fetch(url, { headers: { connection: 'close' } });
  return { status: response.status, html: await response.text(), url: new URL(response.url) };
}

/** The link of a page by which a person tries again. */
export function linkOf({ html }: ShownPage): string {
  const href = /<a href="([^"]+)"/.exec(html)?.[1] ?? '';
  return href.replaceAll('&#38;', '&');
}
