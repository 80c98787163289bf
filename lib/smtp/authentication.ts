// AUTH XOAUTH2 as a handler of nodemailer's connection: its own would try a refused token a second time and can never
// ask for another one, and its choice of mechanism could fall back to a password.
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection';
import type { EmailAddress } from '../core/address.ts';
import { MailError } from '../core/errors.ts';
import { classifyReply } from '../core/smtp-reply.ts';
import type { AccessToken } from '../core/token.ts';
import { initialResponse } from '../core/xoauth2.ts';
import { ofMailbox } from './smtp-errors.ts';

export interface Authentication {
  readonly user: EmailAddress;
  readonly token: AccessToken;
  /** A token that is not the refused one. */
  readonly replace: () => Promise<AccessToken>;
}

type Context = Pick<SMTPConnectionCustomAuthContext, 'authMethods' | 'sendCommand'>;

interface Reply {
  readonly response: string;
}

export const authenticationHandler = {
  /** A name of our own: under XOAUTH2 nodemailer would ask for its token generator. */
  method: 'MAILROOM-XOAUTH2',

  async run(context: Context, authentication: Authentication | undefined): Promise<void> {
    if (authentication === undefined) throw new Error('login was started without an authentication');
    if (!context.authMethods.includes('XOAUTH2')) {
      throw new MailError(
        'CONNECTION_INSECURE',
        'the SMTP server offers no XOAUTH2: nothing is sent without authentication',
      );
    }
    const { user, token, replace } = authentication;
    const first = await present(context, user, token);
    if (statusOf(first) === 235) return;
    if (!isTokenRefusal(first)) throw refusal(first);
    const second = await present(context, user, await replace());
    if (statusOf(second) !== 235) throw refusal(second);
  },
};

/** On refusal the server sends a challenge of base64 JSON first, which an empty line answers. */
async function present(context: Context, user: EmailAddress, token: AccessToken): Promise<Reply> {
  const reply = await context.sendCommand(`AUTH XOAUTH2 ${initialResponse(user, token.accessToken).reveal()}`);
  return statusOf(reply) === 334 ? context.sendCommand('') : reply;
}

/** 535 may be just the token; 534 wants a person, and 4xx wants time: another token would not help. */
function isTokenRefusal(reply: Reply): boolean {
  return statusOf(reply) === 535;
}

function refusal(reply: Reply): MailError {
  const code = ofMailbox(classifyReply(reply.response), 'AUTHENTICATION_REFUSED');
  return new MailError(code, `the SMTP server refused the login (${reply.response.slice(0, 12).trim()})`, {
    details: { status: statusOf(reply) },
  });
}

/** From the reply itself: nodemailer's `status` is 0 for a reply of several lines, as Gmail's refusals are. */
function statusOf({ response }: Reply): number {
  return Number(response.slice(0, 3));
}
