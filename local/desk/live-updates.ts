// Tells every open page the whole state whenever it has changed, as server-sent events.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
import type { ServerResponse } from 'node:http';

/** Calls come in bursts; a person sees no difference. */
const GATHER_MS = 40;
/** What no call tells of: time that passes, and mail that goes around Mailroom. */
const LOOK_AGAIN_MS = 1_000;

export class LiveUpdates {
  readonly #describe: () => Promise<unknown>;
  readonly #pages = new Set<ServerResponse>();
  readonly #timer: NodeJS.Timeout;
  #last = '';
  #gathering: NodeJS.Timeout | undefined;
  /** One after the other, so that no page is told of an older state last. */
  #telling: Promise<void> = Promise.resolve();

  constructor(describe: () => Promise<unknown>) {
    this.#describe = describe;
    this.#timer = setInterval(() => this.changed(), LOOK_AGAIN_MS);
  }

  add(page: ServerResponse): void {
    page.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    page.once('close', () => this.#pages.delete(page));
    this.#pages.add(page);
    // The others hear it again, so that what changes meanwhile is news to all of them or to none.
    this.#last = '';
    this.#tellNext();
  }

  changed(): void {
    if (this.#pages.size === 0) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#tellNext();
    }, GATHER_MS);
  }

  /** What could not be looked at: the pages say so until the next state. */
  report(error: unknown): void {
    for (const page of this.#pages) page.write(problemEvent(error));
    this.#last = '';
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#gathering);
    for (const page of this.#pages) page.end();
    // What is being read just now is for nobody any more.
    this.#pages.clear();
  }

  #tellNext(): void {
    this.#telling = this.#telling.then(() => this.#tell());
  }

  async #tell(): Promise<void> {
    const event = await this.#read();
    if (event === this.#last) return;
    this.#last = event;
    for (const page of this.#pages) page.write(event);
  }

  /** What cannot be read is a thing to show, too: the page says so, and the next change may mend it. */
  async #read(): Promise<string> {
    try {
      return `data: ${JSON.stringify(await this.#describe())}\n\n`;
    } catch (error) {
      return problemEvent(error);
    }
  }
}

function problemEvent(error: unknown): string {
  return `event: problem\ndata: ${JSON.stringify(String(error))}\n\n`;
}
