// The customers' inboxes, and the mail that is open in one of them.
import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { CustomerView, DeskState, MailSummary } from '../desk-state.ts';
import type { DeskPage } from './desk-page.ts';
import { moment } from './moment.ts';
import { openedMail } from './opened-mail.ts';

export function customers(page: DeskPage, state: DeskState) {
  const chosen = state.customers.find(({ address }) => address === page.customer) ?? state.customers[0];
  return html`
    <h2 id="customers-title">Customers</h2>
    <ul class="choices" aria-label="Inboxes">
      ${state.customers.map((customer) => choice(page, customer, customer === chosen))}
    </ul>
    ${chosen === undefined ? html`<p>Nobody has an inbox yet.</p>` : inbox(page, chosen, state)}
  `;
}

function choice(page: DeskPage, { address, mails }: CustomerView, isChosen: boolean) {
  const received = mails.filter(({ isOwn }) => !isOwn).length;
  return html`<li>
    <button
      type="button"
      aria-pressed=${isChosen}
      @click=${() => page.change({ customer: address, open: undefined })}
    >
      ${address} <span class="count">${received}</span>
    </button>
  </li>`;
}

function inbox(page: DeskPage, { address, mails }: CustomerView, state: DeskState) {
  return html`
    <ul class="mails" aria-label="Mails of ${address}">
      ${repeat(
        mails,
        ({ id }) => id,
        (mail) => row(page, address, mail),
      )}
    </ul>
    ${mails.length === 0 ? html`<p>No mail yet. Send one from your service.</p>` : nothing}
    ${page.open?.customer === address ? openedMail(page, page.open) : nothing} ${writeForm(page, address, state)}
  `;
}

function row(page: DeskPage, customer: string, mail: MailSummary) {
  const isOpen = page.open?.id === mail.id && page.open.customer === customer;
  return html`<li>
    <button type="button" aria-expanded=${isOpen} @click=${() => page.toggleMail(customer, mail.id)}>
      <span class="who">${mail.isOwn ? 'To ' : ''}${mail.correspondent}</span>
      <time>${moment(mail.at)}</time>
      <span class="subject">${mail.subject}</span>
      ${mail.attachments > 0 ? html`<span class="count">${mail.attachments} attached</span>` : nothing}
    </button>
  </li>`;
}

function writeForm(page: DeskPage, customer: string, { mailboxes }: DeskState) {
  return html`<details>
    <summary>Write a new mail as ${customer}</summary>
    <form @submit=${(event: SubmitEvent) => page.submit(event, 'write', { customer })}>
      <label>To <input name="to" type="email" required .defaultValue=${mailboxes[0]?.address ?? ''} /></label>
      <label>Subject <input name="subject" required /></label>
      <label>Text <textarea name="text" rows="4" required></textarea></label>
      <button>Write</button>
    </form>
  </details>`;
}
