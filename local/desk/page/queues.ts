// The queues, and first of all the events that a consumer of replies receives.
import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { DeskState, QueuedView, QueueName } from '../desk-state.ts';
import type { DeskPage } from './desk-page.ts';
import { moment } from './moment.ts';
import { readReply } from './reply-in-queue.ts';

export function queues(page: DeskPage, { queues }: DeskState) {
  const messagesOf = (name: QueueName) => queues.find((queue) => queue.name === name)?.messages ?? [];
  return html`
    <h2 id="queues-title">Queues</h2>
    <p><button type="button" @click=${() => page.act('poll')}>Poll now</button>
      <button type="button" @click=${() => page.act('release')}>Release what is due now</button></p>
    ${list('Replies', messagesOf('replies'), (message) => reply(page, message))}
    ${list('Outbox', messagesOf('outbox'), plain)}
    ${list('Dead letters of the outbox', messagesOf('outboxDead'), plain)}
    ${list('Dead letters of replies', messagesOf('repliesDead'), plain)}
  `;
}

function list(title: string, messages: readonly QueuedView[], row: (message: QueuedView) => unknown) {
  return html`
    <h3>${title} <span class="count">${messages.filter(({ status }) => status !== 'taken').length}</span></h3>
    ${messages.length === 0 ? html`<p class="hint">empty</p>` : nothing}
    <ul class="queue" aria-label=${title}>
      ${repeat(messages, ({ id }) => id, row)}
    </ul>
  `;
}

function reply(page: DeskPage, message: QueuedView) {
  const event = readReply(message.body);
  if (event === undefined) return plain(message);
  const { mailbox, handle, from, answerTo } = event;
  const subject = /^re:/i.test(event.subject) ? event.subject : `Re: ${event.subject}`;
  const answer = () => {
    page.change({ answering: { mailbox, to: answerTo, subject, handle } });
    // What was begun in the form makes way for the answer.
    document.querySelector<HTMLFormElement>('#send')?.reset();
    document.querySelector<HTMLElement>('#send textarea[name=text]')?.focus();
  };
  return html`<li>
    <p><strong>${event.kind}</strong> from ${from} <span class="state ${message.status.replace(' ', '-')}">${message.status}</span>
      <time>${moment(message.at)}</time></p>
    <blockquote>${event.text}</blockquote>
    <dl>
      <dt>Context</dt>
      <dd><code>${JSON.stringify(event.context)}</code></dd>
      <dt>Matched by</dt>
      <dd>${event.matchedBy}; sender authenticated: ${event.authenticated}</dd>
    </dl>
    ${event.kind === 'reply' ? html`<button type="button" @click=${answer}>Answer as your service</button>` : nothing}
    ${whole(message)}
  </li>`;
}

function plain(message: QueuedView) {
  return html`<li>
    <p><span class="state ${message.status.replace(' ', '-')}">${message.status}</span> <time>${moment(message.at)}</time>
      ${Object.entries(message.attributes).map(([name, value]) => html`<span>${name}: ${value} </span>`)}</p>
    ${whole(message)}
  </li>`;
}

function whole({ body }: QueuedView) {
  return html`<details>
    <summary>The whole message</summary>
    <pre tabindex="0" aria-label="The whole message">${JSON.stringify(body, null, 2)}</pre>
  </details>`;
}
