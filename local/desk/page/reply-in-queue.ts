// What the desk shows of a reply event; anything else on the queue is shown as it is.

export interface ReplyInQueue {
  readonly kind: string;
  readonly mailbox: string;
  readonly from: string;
  /** Where an answer goes: to Reply-To, else to `from`. */
  readonly answerTo: string;
  readonly subject: string;
  readonly text: string;
  readonly context: unknown;
  readonly matchedBy: string;
  readonly authenticated: string;
  readonly handle: string;
}

export function readReply(body: unknown): ReplyInQueue | undefined {
  const { kind, mailbox, from, replyTo, subject, text, answers, matchedBy, sender, handle } = fieldsOf(body);
  const author = String(fieldsOf(from).address ?? 'nobody');
  if (typeof kind !== 'string' || typeof text !== 'string') return undefined;
  return {
    kind,
    text,
    mailbox: String(mailbox),
    from: author,
    answerTo: String(fieldsOf(Array.isArray(replyTo) ? replyTo[0] : undefined).address ?? author),
    subject: String(subject),
    context: fieldsOf(answers).context ?? null,
    matchedBy: String(matchedBy),
    authenticated: String(fieldsOf(sender).authenticated),
    handle: String(handle),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
