// A transport for nodemailer: `sendMail` calls that are there already go through Mailroom, with its promises.
// https://nodemailer.com/plugins/create/#transports
import type { MailMessage, SendMailOptions, SentMessageInfo, Transport } from 'nodemailer/lib/mailer';
import { createMailroom, type Mailroom, type MailroomOptions } from './mailroom.ts';
import { watchIdleness } from './nodemailer-idle.ts';
import { type MailroomFields, readMail } from './nodemailer-mail.ts';
import { type MailroomSentInfo, readOutcome } from './nodemailer-outcome.ts';

export type { MailroomFields } from './nodemailer-mail.ts';
export type { MailroomSendError, MailroomSentInfo } from './nodemailer-outcome.ts';

/** What `sendMail` takes beside nodemailer's own fields. */
export interface MailroomMailOptions extends SendMailOptions {
  readonly mailroom?: MailroomFields;
}

/**
 * `nodemailer.createTransport(mailroomTransport({ mailbox: 'support', … }))`. A mail that Mailroom has taken counts as
 * accepted, though its mailbox may have to wait: `info.outcome` says how far it is. The Message-ID and the Date are
 * Mailroom's; `info.messageId` is the one that replies name.
 *
 * Give `mailroom: { idempotencyKey }` with a mail, so that calling again after an error never sends twice; without it each
 * call is a mail of its own.
 * @param options the outputs of the stack, or a client that there is already
 * @throws by `sendMail`: MailError for what Mailroom refuses, before anything is sent; MailroomSendError, with nodemailer's
 * `code`, `response` and `responseCode`, for what the server refuses
 */
export function mailroomTransport(options: MailroomOptions | Mailroom): Transport<MailroomSentInfo> {
  const mailroom = 'send' in options ? options : createMailroom(options);
  const idleness = watchIdleness();
  return {
    name: 'Mailroom',
    version: '1',
    send(mail, callback) {
      idleness.during(send(mailroom, mail)).then((info) => callback(null, info), callback);
    },
    verify: (callback?: VerifyCallback) => answering(verify(mailroom), callback),
    isIdle: () => idleness.isIdle(),
    /** Nothing is open that would have to be closed. */
    close() {},
    on(event, listener) {
      idleness.events.on(event, listener);
      return this;
    },
  };
}

type VerifyCallback = (error: unknown, isReady?: true) => void;

/** Whether the table of messages can be read: credentials, region and names are right. */
async function verify(mailroom: Mailroom): Promise<true> {
  await mailroom.status('verify');
  return true;
}

/** By the callback where there is one, as all of nodemailer does. */
function answering(ready: Promise<true>, callback: VerifyCallback | undefined): Promise<true> | undefined {
  if (callback === undefined) return ready;
  ready.then((isReady) => callback(null, isReady), callback);
  return undefined;
}

async function send<T extends SentMessageInfo>(mailroom: Mailroom, mail: MailMessage<T>): Promise<MailroomSentInfo> {
  const { request, envelope } = await readMail(mail);
  return readOutcome(await mailroom.send(request), envelope);
}
