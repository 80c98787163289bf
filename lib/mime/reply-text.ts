// What the writer of a reply says now, apart from what the reply quotes, from its text or else from its HTML.
import { fullTextOf, markedTextOf } from './html-text.ts';
import { newTextOf } from './quoted-lines.ts';

/** New text beyond this is in `fullText` only. */
const MAX_PARSED_CHARACTERS = 50_000;

export interface ReplyText {
  /** Without quoted and forwarded mail, attributions, signatures and what clients add; empty where nothing else is there. */
  readonly newText: string;
  readonly fullText: string;
}

/** A text part that is empty or blank says nothing: some clients send it beside full HTML. */
export function replyTextOf(mail: {
  readonly text?: string | undefined;
  readonly html?: string | undefined;
}): ReplyText {
  const { text = '', html = '' } = mail;
  if (text.trim() !== '' || html === '') return { newText: newIn(text), fullText: text };
  return { newText: newIn(markedTextOf(html)), fullText: fullTextOf(html) };
}

function newIn(text: string): string {
  return newTextOf(text.slice(0, MAX_PARSED_CHARACTERS));
}
