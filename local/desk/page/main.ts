// The desk's page: listens to the server and draws what it says.
import { html, nothing, render } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import type { DeskState } from '../desk-state.ts';
import { customers } from './customers.ts';
import { DeskPage } from './desk-page.ts';
import { mailboxes } from './mailboxes.ts';
import { messages } from './messages.ts';
import { queues } from './queues.ts';
import { sendForm } from './send-form.ts';

const root = document.querySelector<HTMLElement>('#desk');
const page = new DeskPage(draw);
const events = new EventSource('/events');
events.addEventListener('message', ({ data }) => {
  const state: DeskState = JSON.parse(data);
  page.change({ state, connection: 'live', customer: page.customer ?? state.customers[0]?.address });
});
events.addEventListener('problem', ({ data }) => page.change({ connection: `cannot be shown: ${JSON.parse(data)}` }));
events.addEventListener('error', () => page.change({ connection: 'not connected: is npm run dev still there?' }));
// What is said of a time changes when that has passed.
setInterval(draw, 10_000);
draw();

function draw(): void {
  if (root !== null) render(desk(), root);
}

function desk() {
  return html`
    <header>
      <h1>Mailroom desk</h1>
      <nav aria-label="Parts of the desk">
        <a href="#customers">Customers</a>
        <a href="#service">Your service</a>
        <a href="#mailboxes">Mailboxes</a>
        <a href="#queues">Queues</a>
      </nav>
      <p class="connection" role="status">${page.connection}</p>
    </header>
    <div class="notices" role="status">${notice()}</div>
    <main>${page.state === undefined ? html`<p>Waiting for the local Mailroom …</p>` : parts(page.state)}</main>
  `;
}

/** In a region that is there before; each a new element, so that one in the words of the last is announced too. */
function notice() {
  if (page.notice === undefined) return nothing;
  const { text, isProblem } = page.notice;
  return keyed(page.notice, html`<p class=${isProblem ? 'notice problem' : 'notice'}>${text}</p>`);
}

function parts(state: DeskState) {
  return html`
    <section id="customers" aria-labelledby="customers-title">${customers(page, state)}</section>
    <section id="service" aria-labelledby="service-title">
      <h2 id="service-title">Your service</h2>
      ${sendForm(page, state)} ${messages(state)}
    </section>
    <section id="mailboxes" aria-labelledby="mailboxes-title">${mailboxes(page, state)}</section>
    <section id="queues" aria-labelledby="queues-title">${queues(page, state)}</section>
  `;
}
