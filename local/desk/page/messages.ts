// What became of each message that was sent.
import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { DeskState, MessageView, StoryStep } from '../desk-state.ts';
import { moment } from './moment.ts';

export function messages({ messages }: DeskState) {
  return html`
    <h3>Messages</h3>
    ${messages.length === 0 ? html`<p>Nothing was sent yet.</p>` : nothing}
    <ul class="messages" aria-label="Messages">
      ${repeat(messages, ({ key }) => key, row)}
    </ul>
  `;
}

function row({ recipients, subject, mailbox, idempotencyKey, messageId, context, story }: MessageView) {
  return html`<li>
    <p><strong>${subject ?? 'A large mail'}</strong> to ${recipients.join(', ')}, from ${mailbox}</p>
    <ol class="story" aria-label="Its story">${story.map(step)}</ol>
    ${explanation(story.at(-1))}
    <details>
      <summary>Details</summary>
      <dl>
        <dt>Idempotency key</dt>
        <dd>${idempotencyKey}</dd>
        <dt>Message-ID</dt>
        <dd>${messageId}</dd>
        ${context === undefined ? nothing : html`<dt>Context</dt><dd>${context}</dd>`}
        ${story.map(({ at, response }) => (response === undefined ? nothing : html`<dt>Gmail at ${moment(at)}</dt><dd>${response}</dd>`))}
      </dl>
    </details>
  </li>`;
}

function step({ at, state, code, settledBy, bounces }: StoryStep) {
  return html`<li class="state ${state}">
    ${state}${settledBy === undefined ? nothing : html` by ${settledBy}`}${code === undefined ? nothing : html`, ${code}`}${
      bounces === 0 ? nothing : html`, bounced`
    }
    <time>${moment(at)}</time>
  </li>`;
}

const EXPLAINED: Readonly<Record<string, string>> = {
  waiting: 'It rests in the Messages table and is taken up again',
  unknown:
    'The connection ended before Gmail answered: it has the mail, or not. The next poll settles it by the copy that Gmail keeps (by POP3 that is not seen, and it is reported); nothing is sent twice',
};

function explanation(last: StoryStep | undefined) {
  const text = EXPLAINED[last?.state ?? ''];
  if (last === undefined || text === undefined) return nothing;
  const when = last.dueAt === undefined ? '' : `, at ${moment(last.dueAt)} at the latest`;
  return html`<p class="hint">${text}${when}.</p>`;
}
