// Listens to the desk as a browser's EventSource does.
import type { DeskState } from '../../../local/desk/desk-state.ts';

export interface DeskEvents {
  /** The first state that is so, from now on. */
  next(predicate: (state: DeskState) => boolean): Promise<DeskState>;
  close(): void;
}

export async function listen(url: string, timeoutMs = 20_000): Promise<DeskEvents> {
  const controller = new AbortController();
  const { body } = await fetch(`${url}/events`, {
    signal: AbortSignal.any([controller.signal, AbortSignal.timeout(timeoutMs)]),
  });
  const states = body === null ? undefined : statesIn(body);
  return {
    async next(predicate) {
      for (;;) {
        const { value, done } = (await states?.next()) ?? { done: true };
        if (done || value === undefined) throw new Error('the desk ended its events');
        if (predicate(value)) return value;
      }
    },
    close: () => controller.abort(),
  };
}

async function* statesIn(body: ReadableStream<Uint8Array>): AsyncGenerator<DeskState, undefined> {
  let text = '';
  for await (const bytes of body.pipeThrough(new TextDecoderStream())) {
    const events = (text + bytes).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) yield JSON.parse(event.slice('data: '.length));
  }
}
