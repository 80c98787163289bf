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
  /** To the server: `live`, or what is wrong with it. */
  connection = 'connecting …';
  customer: string | undefined;
  open: OpenMail | undefined;
  /** What the last action came to. */
  notice: { readonly text: string; readonly isProblem: boolean } | undefined;
  /** The event that the person answers as the service. */
  answering:
    | { readonly mailbox: string; readonly to: string; readonly subject: string; readonly handle: string }
    | undefined;
  readonly #submitted = new Set<HTMLFormElement>();
  readonly #draw: () => void;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Draws again after a change of what it knows. */
  change(
    changes: Partial<Pick<DeskPage, 'state' | 'connection' | 'customer' | 'open' | 'notice' | 'answering'>>,
  ): void {
    Object.assign(this, changes);
    this.#draw();
  }

  /** Closes it where it is open. */
  async toggleMail(customer: string, id: string): Promise<void> {
    const isOpen = this.open?.customer === customer && this.open.id === id;
    if (isOpen) return this.change({ open: undefined });
    const open: OpenMail = { customer, id, tab: 'text' };
    this.change({ open });
    const { isDone, text } = await ask(`/mails/${encodeURIComponent(customer)}/${id}`);
    // Another one, or none, was asked for meanwhile.
    if (this.open !== open) return;
    if (!isDone) return this.change({ open: undefined, notice: { text, isProblem: true } });
    const mail: MailView = JSON.parse(text);
    this.change({ open: { ...open, mail, tab: mail.hasHtml ? 'html' : 'text' } });
  }

  /** @returns whether it was done */
  async act(name: string, input: object = {}): Promise<boolean> {
    const { isDone, text } = await ask(`/actions/${name}`, { method: 'POST', body: JSON.stringify(input) });
    this.change({ notice: { text, isProblem: !isDone } });
    return isDone;
  }

  /** Of a form what was filled in, and the form empty again when it is done. Pressed again meanwhile, it is not done twice. */
  async submit(event: SubmitEvent, name: string, more: object = {}): Promise<boolean> {
    event.preventDefault();
    const { currentTarget: form } = event;
    if (!(form instanceof HTMLFormElement) || this.#submitted.has(form)) return false;
    this.#submitted.add(form);
    const filled = [...new FormData(form)].filter(([, value]) => value !== '');
    const isDone = await this.act(name, { ...Object.fromEntries(filled), ...more });
    this.#submitted.delete(form);
    if (isDone) form.reset();
    return isDone;
  }
}

async function ask(path: string, options: RequestInit = {}): Promise<{ isDone: boolean; text: string }> {
  try {
    const answer = await fetch(path, options);
    return { isDone: answer.ok, text: await answer.text() };
  } catch {
    return { isDone: false, text: 'The desk does not answer: npm run dev has ended.' };
  }
}
