// A customer's mail over HTTP: opened, its HTML as a page that can do nothing, and its attachments as downloads.
import type { LocalGoogle, StoredMessage } from '../google/google.ts';
import type { Answer } from './answer.ts';
import { bytesOf, readMail, viewMail } from './mail-view.ts';

/** Shown where the HTML names them; anything else is only ever saved. */
const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** @param path `CUSTOMER/ID`, then nothing, `html` or `attachments/INDEX`; @param origin of the desk */
export async function answerMail(google: LocalGoogle, path: readonly string[], origin: string): Promise<Answer> {
  const [customer = '', id = '', what, index] = path;
  const message = find(google, customer, id);
  if (message === undefined) return { status: 404, type: 'text/plain', body: 'There is no such mail.' };
  if (what === 'html') return answerHtml(message, `/mails/${encodeURIComponent(customer)}/${id}`, origin);
  if (what === 'attachments') return answerAttachment(message, Number(index));
  return { type: 'application/json', body: JSON.stringify(await viewMail(message)) };
}

function find(google: LocalGoogle, customer: string, id: string): StoredMessage | undefined {
  const account = google.accounts().find(({ address }) => address === customer);
  return account?.messages().find(({ msgid }) => msgid === id);
}

/** In a sandbox, whoever opens it: no script, no form, nothing from elsewhere; links open in a tab of their own. */
async function answerHtml(message: StoredMessage, path: string, origin: string): Promise<Answer> {
  const { html = '', attachments } = await readMail(message);
  const own = html.replace(/^\s*<!doctype[^>]*>/i, '').replace(/cid:([^"'\s)>]+)/gi, (whole, cid: string) => {
    const at = attachments.findIndex(({ contentId }) => contentId === `<${decodeURIComponent(cid)}>`);
    return at < 0 ? whole : `${origin}${path}/attachments/${at}`;
  });
  return {
    type: 'text/html',
    body: `<!doctype html><meta name="referrer" content="no-referrer"><base target="_blank">${own}`,
    headers: {
      'content-security-policy': `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src ${origin} data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors ${origin}`,
    },
  };
}

async function answerAttachment(message: StoredMessage, index: number): Promise<Answer> {
  const attachment = (await readMail(message)).attachments[index];
  if (attachment === undefined) return { status: 404, type: 'text/plain', body: 'There is no such attachment.' };
  const isImage = IMAGES.includes(attachment.mimeType);
  const name = encodeURIComponent(attachment.filename ?? 'unnamed');
  return {
    type: isImage ? attachment.mimeType : 'application/octet-stream',
    body: bytesOf(attachment),
    headers: {
      'content-disposition': `${isImage ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
      'content-security-policy': 'sandbox',
    },
  };
}
