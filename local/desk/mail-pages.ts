// A customer's mail over HTTP: opened, its HTML as a page that can do nothing, and its attachments as downloads.
import type { Attachment } from 'postal-mime';
import type { LocalGoogle, StoredMessage } from '../google/google.ts';
import type { Answer } from './answer.ts';
import { bytesOf, readMail, viewMail } from './mail-view.ts';

/** Shown where the HTML names them. */
const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** @param path `CUSTOMER/ID`, then nothing, `html` or `attachments/INDEX`; @param origin of the desk */
export async function answerMail(google: LocalGoogle, path: readonly string[], origin: string): Promise<Answer> {
  const [customer = '', id = '', what, index] = path;
  const message = find(google, customer, id);
  if (message === undefined) return { status: 404, type: 'text/plain', body: 'There is no such mail.' };
  if (what === 'html') return answerHtml(message, origin);
  if (what === 'attachments') return answerAttachment(message, Number(index));
  return { type: 'application/json', body: JSON.stringify(await viewMail(message)) };
}

function find(google: LocalGoogle, customer: string, id: string): StoredMessage | undefined {
  const account = google.accounts().find(({ address }) => address === customer);
  return account?.messages().find(({ msgid }) => msgid === id);
}

/** In a sandbox, whoever opens it: no script, no form, nothing from elsewhere; links open in a tab of their own. */
async function answerHtml(message: StoredMessage, origin: string): Promise<Answer> {
  const { html = '', attachments } = await readMail(message);
  const own = html
    .replace(/^\s*<!doctype[^>]*>/i, '')
    .replace(/cid:([^"'\s)>]+)/gi, (whole, cid: string) => pictureOf(attachments, cid) ?? whole);
  return {
    type: 'text/html',
    body: `<!doctype html><meta name="referrer" content="no-referrer"><base target="_blank">${own}`,
    headers: {
      'content-security-policy': `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors ${origin}`,
    },
  };
}

/** Within the page itself: a page in a sandbox has no origin, so that the desk answers it as little as any other one. */
function pictureOf(attachments: readonly Attachment[], cid: string): string | undefined {
  const ids = [`<${cid}>`, `<${decoded(cid)}>`];
  const picture = attachments.find(({ contentId }) => contentId !== undefined && ids.includes(contentId));
  if (picture === undefined || !IMAGES.includes(picture.mimeType)) return undefined;
  return `data:${picture.mimeType};base64,${Buffer.from(bytesOf(picture)).toString('base64')}`;
}

/** RFC 2392 section 2: a Content-ID in a URL is percent-encoded; what is not stands as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function answerAttachment(message: StoredMessage, index: number): Promise<Answer> {
  const attachment = (await readMail(message)).attachments[index];
  if (attachment === undefined) return { status: 404, type: 'text/plain', body: 'There is no such attachment.' };
  const name = encodeURIComponent(attachment.filename ?? 'unnamed');
  return {
    type: 'application/octet-stream',
    body: bytesOf(attachment),
    headers: {
      'content-disposition': `attachment; filename*=UTF-8''${name}`,
      'content-security-policy': 'sandbox',
    },
  };
}
