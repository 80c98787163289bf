// nodemailer's errors and results in Mailroom's words.
// https://nodemailer.com/smtp/ names the codes; the enhanced status code in `response` decides.
import * as v from 'valibot';
import { dispositionOf, type ErrorCode, MailError } from '../core/errors.ts';
import type { Transmission } from '../core/sending-ports.ts';
import { classifyReply } from '../core/smtp-reply.ts';

const SmtpErrorSchema = v.object({
  code: v.optional(v.string()),
  originalCode: v.optional(v.string()),
  response: v.optional(v.string()),
  responseCode: v.optional(v.number()),
  rejectedErrors: v.optional(v.array(v.object({ response: v.optional(v.string()) }))),
});

const AcceptanceSchema = v.object({
  response: v.string(),
  rejectedErrors: v.optional(v.array(v.object({ recipient: v.string(), response: v.optional(v.string(), '') })), []),
});

/** `reply` is there only where the server itself refused, in whichever phase. */
export function readSmtpError(error: unknown): { code?: string; response?: string; reply?: string } {
  const parsed = v.safeParse(SmtpErrorSchema, error);
  if (!parsed.success) return {};
  const { code, response, responseCode } = parsed.output;
  return {
    ...(code !== undefined && { code }),
    ...(response !== undefined && { response }),
    ...(response !== undefined && responseCode !== undefined && responseCode >= 400 && { reply: response }),
  };
}

export function readAcceptance(info: unknown): Transmission {
  const { response, rejectedErrors } = v.parse(AcceptanceSchema, info);
  const rejected = rejectedErrors.map(({ recipient, response: reply }) => ({
    address: recipient,
    code: classifyReply(reply),
    response: reply,
  }));
  return { kind: 'accepted', response, rejected };
}

/** For connecting and logging in. The message says what kind of failure it was; the server's text may hold an address. */
export function toMailError(error: unknown): MailError {
  if (error instanceof MailError) return error;
  const { code = 'unknown', reply } = readSmtpError(error);
  const connectionCode = CODES[code] ?? 'SMTP_UNREACHABLE';
  if (reply !== undefined) {
    const about = `the SMTP server refused the connection (${reply.slice(0, 12).trim()})`;
    return new MailError(ofMailbox(classifyReply(reply), connectionCode), about, { cause: error });
  }
  const about = EXPLANATIONS[code] ?? 'the connection to the SMTP server failed';
  return new MailError(connectionCode, `${about} (${code})`, { details: { code }, cause: error });
}

/**
 * Before MAIL no reply is about the message: what would refuse a message for good is a trouble of the connection here.
 * @param otherwise the code for such a reply
 */
export function ofMailbox(code: ErrorCode, otherwise: ErrorCode): ErrorCode {
  return dispositionOf(code) === 'refuse' ? otherwise : code;
}

const CODES: Readonly<Record<string, ErrorCode>> = { ETLS: 'CONNECTION_INSECURE' };

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ETLS: 'the SMTP server could not be reached over verified TLS',
  ESOCKET: 'no connection to the SMTP server, or its certificate is not trusted',
  EDNS: 'the name of the SMTP server does not resolve',
  ETIMEDOUT: 'the SMTP server did not answer in time',
};
