// Sends a mail as a service does: by invoking send-mail, or through the outbox; or answers a reply in its thread.
import { html, nothing } from 'lit-html';
import type { DeskState } from '../desk-state.ts';
import type { DeskPage } from './desk-page.ts';

export function sendForm(page: DeskPage, { mailboxes, customers }: DeskState) {
  const { answering } = page;
  const send = async (event: SubmitEvent) => {
    const isDone = await page.submit(event, 'send', answering === undefined ? {} : { inReplyTo: answering.handle });
    if (isDone) page.change({ answering: undefined });
  };
  return html`<form id="send" @submit=${send}>
    <h3>${answering === undefined ? 'Send' : 'Answer a reply'}</h3>
    ${answering === undefined ? nothing : thread(page, answering.to)}
    <label>Mailbox
      <select name="mailbox">
        ${mailboxes.map(({ id }) => html`<option ?selected=${id === answering?.mailbox}>${id}</option>`)}
      </select>
    </label>
    <label>To
      <input name="to" type="email" required list="customer-addresses" .defaultValue=${answering?.to ?? customers[0]?.address ?? ''} />
    </label>
    <datalist id="customer-addresses">${customers.map(({ address }) => html`<option value=${address}></option>`)}</datalist>
    <label>Subject <input name="subject" required .defaultValue=${answering?.subject ?? ''} /></label>
    <label>Text <textarea name="text" rows="3" required></textarea></label>
    <details>
      <summary>HTML and context</summary>
      <label>HTML <textarea name="html" rows="3"></textarea></label>
      <label>Context, as JSON: it comes back with the reply <input name="context" placeholder='{"order": 4711}' /></label>
    </details>
    ${HOW}
    <button>Send</button>
  </form>`;
}

const HOW = html`<fieldset>
    <legend>How</legend>
    <label><input type="radio" name="by" value="invocation" checked /> invoke send-mail, and learn how it ended</label>
    <label><input type="radio" name="by" value="outbox" /> put it on the outbox</label>
  </fieldset>`;

function thread(page: DeskPage, to: string) {
  const leave = () => {
    page.change({ answering: undefined });
    // The button that was pressed is gone.
    document.querySelector<HTMLElement>('#send input[name=to]')?.focus();
  };
  return html`<p>In the thread of ${to}. <button type="button" @click=${leave}>Do not answer</button></p>`;
}
