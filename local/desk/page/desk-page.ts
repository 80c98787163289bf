// What this page knows: the state that the server tells, and what the person has opened. Every change draws it anew.
import type { DeskState, MailView } from '../desk-state.ts';

export type MailTab = 'html' | 'text' | 'headers' | 'source';

export interface OpenMail {
  readonly customer: string;
  readonly id: string;
  /** Absent until it is fetched. */
  readonly mail?: MailView;
  readonly tab: MailTab;
}

export class DeskPage {
  state: DeskState | undefined;
  isConnected = false;
  customer: string | undefined;
  open: OpenMail | undefined;
  /** What the last action came to. */
  notice: { readonly text: string; readonly isProblem: boolean } | undefined;
  /** The event that the person answers as the service. */
  answering:
    | { readonly mailbox: string; readonly to: string; readonly subject: string; readonly handle: string }
    | undefined;
  readonly #draw: () => void;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Draws again after a change of what it knows. */
  change(
    changes: Partial<Pick<DeskPage, 'state' | 'isConnected' | 'customer' | 'open' | 'notice' | 'answering'>>,
  ): void {
    Object.assign(this, changes);
    this.#draw();
  }

  async openMail(customer: string, id: string): Promise<void> {
    this.change({ open: { customer, id, tab: 'text' } });
    const answer = await fetch(`/mails/${encodeURIComponent(customer)}/${id}`);
    if (!answer.ok) return this.change({ notice: { text: await answer.text(), isProblem: true } });
    const mail: MailView = await answer.json();
    if (this.open?.id === id) this.change({ open: { customer, id, mail, tab: mail.hasHtml ? 'html' : 'text' } });
  }

  /** @returns whether it was done */
  async act(name: string, input: object = {}): Promise<boolean> {
    const answer = await fetch(`/actions/${name}`, { method: 'POST', body: JSON.stringify(input) }).catch(
      () => undefined,
    );
    const text = (await answer?.text()) ?? 'The desk does not answer: npm run dev has ended.';
    const isDone = answer?.ok ?? false;
    this.change({ notice: { text, isProblem: !isDone } });
    return isDone;
  }

  /** Of a form what was filled in, and the form empty again when it is done. */
  async submit(event: SubmitEvent, name: string, more: object = {}): Promise<boolean> {
    event.preventDefault();
    const { currentTarget: form } = event;
    if (!(form instanceof HTMLFormElement)) return false;
    const filled = [...new FormData(form)].filter(([, value]) => value !== '');
    const isDone = await this.act(name, { ...Object.fromEntries(filled), ...more });
    if (isDone) form.reset();
    return isDone;
  }
}
