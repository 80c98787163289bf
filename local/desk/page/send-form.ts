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
    ${
      answering === undefined
        ? nothing
        : html`<p>In the thread of ${answering.to}.
            <button type="button" @click=${() => page.change({ answering: undefined })}>Do not answer</button></p>`
    }
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
    <fieldset>
      <legend>How</legend>
      <label><input type="radio" name="by" value="invocation" checked /> invoke send-mail, and learn how it ended</label>
      <label><input type="radio" name="by" value="outbox" /> put it on the outbox</label>
    </fieldset>
    <button>Send</button>
  </form>`;
}
