// Sends a mail from the command line.
import { randomUUID } from 'node:crypto';
import { createMailroom, type Mail, type Mailroom, type SendOutcome } from '../../lib/client/mailroom.ts';
import { refuseSkewedClock } from '../clock-skew.ts';
import type { Context } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatMoment } from '../moment.ts';
import { harmless } from '../terminal.ts';
import { composeMail, type MailOptions } from './compose-mail.ts';

export interface SendOptions extends MailOptions {
  readonly mailbox: string;
  readonly key?: string | undefined;
  readonly queue?: boolean | undefined;
}

export async function send(context: Context, options: SendOptions): Promise<ExitCode> {
  const { terminal } = context;
  const composed = await composeMail(options, context.now());
  const deployment = await context.deployment();
  if (composed.sendAt !== undefined) refuseSkewedClock(deployment);
  const { outputs } = deployment;
  const idempotencyKey = options.key ?? randomUUID();
  const mail = { ...composed, idempotencyKey };
  context.onFailure({ idempotencyKey, cure: sayHowToRepeat(context, idempotencyKey) });
  const mailroom = createMailroom({
    mailbox: options.mailbox,
    sendFunction: outputs.SendMailFunction,
    outboxUrl: outputs.OutboxUrl,
    bucket: outputs.MailBucket,
    messagesTable: outputs.MessagesTable,
  });
  terminal.note(`idempotency key: ${idempotencyKey}`);
  if (options.queue === true) return enqueue(context, mailroom, mail);
  const outcome = await terminal.during('sending', () => mailroom.send(mail));
  terminal.result(outcome, describe(outcome, context));
  tellNext(context, idempotencyKey);
  return isGood(outcome) ? EXIT.done : EXIT.failed;
}

type KeyedMail = Mail & { readonly idempotencyKey: string };

async function enqueue(context: Context, mailroom: Mailroom, mail: KeyedMail): Promise<ExitCode> {
  const { terminal } = context;
  const { idempotencyKey } = mail;
  await terminal.during('putting it on the outbox', () => mailroom.enqueue(mail));
  terminal.result({ kind: 'enqueued', idempotencyKey }, 'enqueued: it is on the outbox');
  tellNext(context, idempotencyKey);
  return EXIT.done;
}

/** Of a mail of which nobody knows here how it ended. */
function sayHowToRepeat({ commandLine }: Context, key: string): string {
  const repeat = `repeat it with --key ${quote(key)} and the same content: it is never sent twice`;
  return `${repeat}; or see what became of it: ${commandLine(`status ${quote(key)}`)}`;
}

function tellNext({ terminal, commandLine }: Context, key: string): void {
  terminal.note(`how it fares: ${commandLine(`status ${quote(key)}`)}`);
}

function isGood({ kind, ...outcome }: SendOutcome): boolean {
  if ('saved' in outcome) return outcome.saved.kind === 'sent';
  return kind === 'sent' || kind === 'queued' || kind === 'scheduled';
}

function describe(outcome: SendOutcome, context: Context): string {
  const what = 'saved' in outcome ? `replayed: it ended before, as ${outcome.saved.kind}` : outcome.kind;
  const end = 'saved' in outcome ? outcome.saved : outcome;
  const details = [
    'code' in end && end.code !== undefined ? end.code : undefined,
    'response' in end && end.response !== undefined ? harmless(end.response) : undefined,
    'dueAt' in end && end.dueAt !== undefined ? `looked at again ${formatMoment(end.dueAt, context.now())}` : undefined,
    ...('rejected' in end ? end.rejected.map(({ address, code }) => `${address}: ${code}`) : []),
  ].filter((detail) => detail !== undefined);
  return [what, ...details, `Message-ID ${outcome.messageId}`].join('\n');
}

/** Only for a person's shell: a key may hold spaces and quotes. */
function quote(key: string): string {
  return /^[\w.:@/-]+$/.test(key) ? key : `'${key.replaceAll("'", "'\\''")}'`;
}
