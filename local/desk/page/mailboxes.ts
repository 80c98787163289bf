// The mailboxes, how they fare, and the buttons of a bad day.
import { html, nothing } from 'lit-html';
import type { DeskState, MailboxView, Trouble } from '../desk-state.ts';
import type { DeskPage } from './desk-page.ts';
import { moment } from './moment.ts';

export function mailboxes(page: DeskPage, { mailboxes, malformed }: DeskState) {
  return html`
    <h2 id="mailboxes-title">Mailboxes</h2>
    ${mailboxes.map((mailbox) => card(page, mailbox))}
    ${malformed.map(({ id, problem }) => html`<p class="hint">${id} cannot be shown: ${problem}</p>`)}
  `;
}

function card(page: DeskPage, mailbox: MailboxView) {
  const { id, address, sent, readAt, lastReplyAt, tokenExpiresAt } = mailbox;
  return html`<article aria-labelledby="mailbox-${id}">
    <h3 id="mailbox-${id}">${id}</h3>
    <dl>
      <dt>Address</dt>
      <dd>${address}</dd>
      <dt>Sent in 24 hours</dt>
      <dd>${sent.messages} of ${sent.limit}</dd>
      <dt>Hold</dt>
      <dd>${hold(mailbox)}</dd>
      <dt>Last poll</dt>
      <dd>${readAt === undefined ? 'never' : moment(readAt)}${reading(mailbox)}</dd>
      ${lastReplyAt === undefined ? nothing : html`<dt>Last reply</dt><dd>${moment(lastReplyAt)}</dd>`}
      ${tokenExpiresAt === undefined ? nothing : html`<dt>Token until</dt><dd>${moment(tokenExpiresAt)}</dd>`}
      ${grant(mailbox)}
    </dl>
    ${buttons(page, mailbox)}
  </article>`;
}

function hold({ id, hold }: MailboxView) {
  if (hold === undefined) return 'none';
  if (hold.until !== undefined && hold.until <= Date.now()) return html`${hold.code}: the next message tries again`;
  const until = hold.until === undefined ? '' : ` until ${moment(hold.until)}`;
  return html`<strong>${hold.code}</strong>${until}. End it: <code>npx mailroom --local release ${id}</code>`;
}

function reading({ readingHold }: MailboxView) {
  return readingHold === undefined ? nothing : html`, ${readingHold.code} until ${moment(readingHold.until)}`;
}

function grant({ id, grantFailure }: MailboxView) {
  if (grantFailure === undefined) return nothing;
  return html`<dt>Grant</dt>
    <dd><strong>${grantFailure}</strong>. Connect it again: <code>npx mailroom --local connect ${id}</code></dd>`;
}

const TROUBLES: readonly (readonly [Trouble, string])[] = [
  ['cut-after-data', 'Cut after DATA'],
  ['throttled', 'Throttle'],
  ['at-its-limit', 'At its limit'],
];

function buttons(page: DeskPage, { id, address, troubles }: MailboxView) {
  return html`<div role="group" aria-label="What goes wrong for ${id}" class="buttons">
    ${TROUBLES.map(([trouble, name]) => {
      const isOn = troubles.includes(trouble);
      return html`<button
        type="button"
        aria-pressed=${isOn}
        @click=${() => page.act('trouble', { address, trouble, isOn: !isOn })}
      >
        ${name}
      </button>`;
    })}
    <button type="button" @click=${() => page.act('expire-token', { address })}>Expire its token</button>
    <button type="button" @click=${() => page.act('revoke-grant', { address })}>Revoke its grant</button>
  </div>`;
}
