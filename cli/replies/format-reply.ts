// A reply as a person reads it. All of it is text from outside.
import type { Context } from '../command.ts';
import { formatMoment } from '../moment.ts';
import { formatFields } from '../table.ts';
import { harmless } from '../terminal.ts';
import type { ShownReply } from './read-reply.ts';

export function formatReply(reply: ShownReply, { terminal, now }: Context): string {
  const { mailbox, storedAt, kind, from, subject, text, attachments, answers, raw, truncated } = reply;
  const head = formatFields({
    [terminal.paint('bold', kind)]: `${mailbox}, ${formatMoment(storedAt, now())}`,
    from: from === null ? '-' : oneLine(`${from.name ?? ''} <${from.address}>`),
    subject: oneLine(subject),
    answers: answers === null ? '-' : oneLine(answers.idempotencyKey ?? answers.messageId),
    context: answers?.context == null ? undefined : harmless(JSON.stringify(answers.context)),
    attachments: attachments === 0 ? undefined : String(attachments),
    raw: kind === 'unreadable' || truncated ? `s3://${raw.bucket}/${raw.key}` : undefined,
    note: truncated ? 'a large mail: only its first megabyte was read' : undefined,
  });
  const body = harmless(text).trimEnd().replaceAll(/^/gm, '  ');
  return `${head}\n${body}\n`;
}

function oneLine(text: string): string {
  return harmless(text).replaceAll(/\s+/g, ' ').trim();
}
