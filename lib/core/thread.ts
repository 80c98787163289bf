// Message-IDs, and the handle with which a consumer answers in a thread without knowing how threading works.
import * as v from 'valibot';
import { MailError } from './errors.ts';
import { type MailboxId, MailboxIdSchema } from './mailbox.ts';

/** msg-id of RFC 5322 section 3.6.4, without folding white space: what may follow Message-ID, In-Reply-To and References. */
const MESSAGE_ID = /^<[^\s<>@\u0000-\u001f\u007f]+@[^\s<>@\u0000-\u001f\u007f]+>$/u;
const MESSAGE_ID_ANYWHERE = /<[^\s<>@]+@[^\s<>@]+>/gu;

/** References longer than this are trimmed to the first and the newest: RFC 5322 asks for all, mail servers drop long headers. */
const MAX_REFERENCES = 20;

export function isMessageId(text: string): boolean {
  return text.length <= 512 && text.isWellFormed() && MESSAGE_ID.test(text);
}

/** The Message-IDs in an In-Reply-To or References header, in their order, whatever else stands there. */
export function messageIdsIn(header: string | undefined): readonly string[] {
  return (header?.match(MESSAGE_ID_ANYWHERE) ?? []).filter(isMessageId);
}

export interface AnswerTo {
  readonly messageId: string;
  readonly references: readonly string[];
  /** As a reply event names the conversation. */
  readonly thread: string;
}

const HandleSchema = v.object({
  mailbox: MailboxIdSchema,
  messageId: v.pipe(v.string(), v.check(isMessageId)),
  references: v.pipe(v.array(v.pipe(v.string(), v.check(isMessageId))), v.maxLength(MAX_REFERENCES)),
  thread: v.pipe(v.string(), v.maxLength(1_000)),
});

/** Twenty common Message-IDs take a third of it. */
const MAX_HANDLE_CHARACTERS = 20_000;

/**
 * Opaque text that names the mail to answer and its ancestors; only the mailbox that received that mail can answer it.
 * Where Message-IDs are so long that it would not be read back, ancestors from the middle of the thread are left out.
 */
export function formatHandle(mailbox: MailboxId, { messageId, references, thread }: AnswerTo): string {
  let kept = trimReferences(references);
  let handle = encodeHandle({ mailbox, messageId, references: kept, thread });
  while (handle.length > MAX_HANDLE_CHARACTERS && kept.length > 0) {
    // The oldest but one; the first, which names the thread, goes last.
    kept = kept.toSpliced(Math.min(1, kept.length - 1), 1);
    handle = encodeHandle({ mailbox, messageId, references: kept, thread });
  }
  return handle;
}

/**
 * Reads `inReplyTo` of a request: the `handle` of a ReplyEvent, or a bare Message-ID in angle brackets.
 * The References of an answer are its parent's and the parent itself (RFC 5322 section 3.6.4).
 * @throws MailError REQUEST_INVALID naming `inReplyTo`
 */
export function parseAnswerTo(inReplyTo: string, mailbox: MailboxId): AnswerTo {
  if (isMessageId(inReplyTo)) return { messageId: inReplyTo, references: [inReplyTo], thread: inReplyTo };
  const handle = v.safeParse(HandleSchema, decodeHandle(inReplyTo));
  if (!handle.success) throw refusal('is neither the handle of a reply event nor a Message-ID in angle brackets');
  if (handle.output.mailbox !== mailbox) {
    throw refusal(`belongs to mailbox ${handle.output.mailbox}: answer from that mailbox`);
  }
  const { messageId, references, thread } = handle.output;
  // A mail that names itself as its ancestor would else be named twice.
  const ancestors = references.filter((reference) => reference !== messageId);
  return { messageId, references: trimReferences([...ancestors, messageId]), thread };
}

function trimReferences(references: readonly string[]): readonly string[] {
  if (references.length <= MAX_REFERENCES) return references;
  return [...references.slice(0, 1), ...references.slice(1 - MAX_REFERENCES)];
}

function encodeHandle(handle: AnswerTo & { readonly mailbox: MailboxId }): string {
  return `h1.${Buffer.from(JSON.stringify(handle)).toString('base64url')}`;
}

function decodeHandle(text: string): unknown {
  if (!text.startsWith('h1.') || text.length > MAX_HANDLE_CHARACTERS) return undefined;
  try {
    return JSON.parse(Buffer.from(text.slice(3), 'base64url').toString());
  } catch {
    return undefined;
  }
}

function refusal(problem: string): MailError {
  return new MailError('REQUEST_INVALID', `send request: inReplyTo: ${problem}`, { details: { field: 'inReplyTo' } });
}
