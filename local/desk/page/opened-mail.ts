// One mail as the customer's client shows it, and the box to answer it in.
import { html, nothing } from 'lit-html';
import type { MailView } from '../desk-state.ts';
import type { DeskPage, MailTab, OpenMail } from './desk-page.ts';
import { moment } from './moment.ts';

export function openedMail(page: DeskPage, open: OpenMail) {
  const { mail, customer } = open;
  if (mail === undefined) return html`<p>Opening …</p>`;
  const path = `/mails/${encodeURIComponent(customer)}/${mail.id}`;
  return html`<article aria-labelledby="mail-title">
    <h3 id="mail-title">${mail.subject}</h3>
    <dl>
      <dt>From</dt>
      <dd>${mail.from}</dd>
      <dt>To</dt>
      <dd>${mail.to}</dd>
      ${mail.cc === '' ? nothing : html`<dt>Cc</dt><dd>${mail.cc}</dd>`}
      <dt>At</dt>
      <dd>${moment(mail.at)}</dd>
    </dl>
    ${tabs(page, open, mail)} ${content(open.tab, mail, path)} ${attachments(mail, path)}
    ${mail.isOwn ? nothing : answerForm(page, open)}
  </article>`;
}

const TABS: readonly (readonly [MailTab, string])[] = [
  ['html', 'HTML'],
  ['text', 'Text'],
  ['headers', 'Headers'],
  ['source', 'Source'],
];

function tabs(page: DeskPage, open: OpenMail, mail: MailView) {
  const there = TABS.filter(([tab]) => tab !== 'html' || mail.hasHtml);
  return html`<ul class="choices" aria-label="How the mail is shown">
    ${there.map(
      ([tab, name]) =>
        html`<li>
          <button type="button" aria-pressed=${open.tab === tab} @click=${() => page.change({ open: { ...open, tab } })}>
            ${name}
          </button>
        </li>`,
    )}
  </ul>`;
}

function content(tab: MailTab, mail: MailView, path: string) {
  switch (tab) {
    case 'html':
      return html`<iframe
        title="The mail's HTML"
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerpolicy="no-referrer"
        src="${path}/html"
      ></iframe>`;
    case 'text':
      return html`<pre tabindex="0" aria-label="Text">${mail.text}</pre>`;
    case 'headers':
      return html`<dl class="headers">
        ${mail.headers.map(({ name, value }) => html`<dt>${name}</dt><dd>${value}</dd>`)}
      </dl>`;
    case 'source':
      return html`<pre tabindex="0" aria-label="Source">${mail.source.text}</pre>
        ${mail.source.isWhole ? nothing : html`<p>Only its beginning is shown.</p>`}`;
  }
}

function attachments({ attachments }: MailView, path: string) {
  if (attachments.length === 0) return nothing;
  return html`<ul aria-label="Attachments">
    ${attachments.map(
      ({ filename, contentType, bytes }, at) =>
        html`<li><a href="${path}/attachments/${at}" download=${filename}>${filename}</a> ${contentType}, ${bytes} bytes</li>`,
    )}
  </ul>`;
}

function answerForm(page: DeskPage, { customer, id }: OpenMail) {
  return html`<form @submit=${(event: SubmitEvent) => page.submit(event, 'answer', { customer, mail: id })}>
    <label>Answer as ${customer} <textarea name="text" rows="4" required></textarea></label>
    <button>Answer</button>
    <p class="hint">Then poll, or wait for the minute: the answer comes to the replies queue.</p>
  </form>`;
}
