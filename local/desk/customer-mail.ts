// Writes as a customer would: by SMTP, over the local Gmail, from the customer's own account.
import { readFile } from 'node:fs/promises';
import nodemailer from 'nodemailer';
import type { Address } from 'postal-mime';
import type { LocalGoogle, StoredMessage } from '../google/google.ts';
import { ActionRefused } from './action-refused.ts';
import { readMail } from './mail-view.ts';

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly inReplyTo?: string;
  readonly references?: string;
}

/** @returns what the server answered @throws ActionRefused with what it said against it */
export async function writeAsCustomer(google: LocalGoogle, from: string, letter: Letter): Promise<string> {
  const { smtps, ca } = google.endpoints;
  const accessToken = await google.account(from).accessToken();
  const transport = nodemailer.createTransport({
    ...smtps,
    secure: true,
    auth: { type: 'OAuth2', user: from, accessToken },
    tls: { ca: await readFile(ca) },
  });
  try {
    return (await transport.sendMail({ from, ...letter })).response;
  } catch (error) {
    throw new ActionRefused(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** An answer as mail clients make it: to Reply-To, else to the sender, in the thread, above what it quotes. */
export async function answerTo(message: StoredMessage, text: string): Promise<Letter> {
  const mail = await readMail(message);
  const { from, replyTo, subject = '', messageId = '', references = '' } = mail;
  const to = (replyTo ?? (from && [from]) ?? []).map(addressOf).join(', ');
  const quoted = (mail.text ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => `> ${line}`);
  return {
    to,
    subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`,
    text: [text, '', `On ${new Date(message.internalDate).toUTCString()}, ${to} wrote:`, ...quoted, ''].join('\n'),
    inReplyTo: messageId,
    references: `${references} ${messageId}`.trim(),
  };
}

function addressOf({ address, group }: Address): string {
  return address ?? group?.map((member) => member.address).join(', ') ?? '';
}
