// The pages that a person sees in the browser after Google's consent screen: plain HTML of their own, no script, nothing from
// elsewhere, readable in light and dark, at any width and by a screen reader.
import { createHash } from 'node:crypto';

export interface Page {
  readonly status: number;
  readonly title: string;
  /** Sentences, one paragraph each. */
  readonly text: readonly string[];
  /** What a person can do right here. */
  readonly link?: { readonly href: string; readonly text: string };
}

const STYLE = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; }
main { max-width: 34rem; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
a { color: LinkText; padding: 0.25rem 0; display: inline-block; }
a:focus-visible { outline: 3px solid; outline-offset: 3px; }`;

/** Nothing but our own style: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'cache-control': 'no-store',
  // The address held a code.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export function renderPage({ title, text, link }: Page): string {
  const paragraphs = text.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('\n');
  const action = link === undefined ? '' : `\n<p><a href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a></p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - Mailroom</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${paragraphs}${action}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

const CLOSE = 'You can close this tab. Your terminal says what is next.';

export function connectedPage(mailbox: string, address: string): Page {
  return {
    status: 200,
    title: 'Connected',
    text: [`Mailroom may now send from ${address} and read its replies, as the mailbox "${mailbox}".`, CLOSE],
  };
}

export function deniedPage(address: string): Page {
  return {
    status: 200,
    title: 'Not connected: you did not allow it',
    text: [
      `Nothing was stored. To connect ${address} after all, run the command in your terminal again and choose "Allow".`,
      'You can close this tab.',
    ],
  };
}

export function wrongAccountPage(expected: string, chosen: string, again: string): Page {
  return {
    status: 200,
    title: 'Not connected: another account was chosen',
    text: [
      `You chose ${chosen}, but ${expected} is to be connected. Nothing was stored.`,
      `If ${expected} is an alias, a group or a delegated mailbox of ${chosen}, it has no mail of its own to open: connect ${chosen} instead, and send with "from: ${expected}".`,
    ],
    link: { href: again, text: `Choose ${expected}` },
  };
}

export function incompletePage(address: string, again: string): Page {
  return {
    status: 200,
    title: 'Not connected: access to mail was left out',
    text: [
      `Mailroom can do nothing for ${address} without the permission "Read, compose, send and permanently delete all your email from Gmail". Nothing was stored.`,
      'Tick its box on the next try.',
    ],
    link: { href: again, text: 'Try again' },
  };
}

export function expiredPage(): Page {
  return {
    status: 410,
    title: 'This link has expired',
    text: [
      'It was used before, or belongs to an earlier try. Nothing was changed.',
      'Run the command in your terminal again to begin anew. You can close this tab.',
    ],
  };
}

/** @param message without a secret */
export function failedPage(message: string): Page {
  return {
    status: 200,
    title: 'Not connected',
    text: [message, 'Your terminal says what to do. You can close this tab.'],
  };
}
