// The contract between infra, which writes each function's environment, and the entry that parses it.
// A missing variable is a type error in infra and ENVIRONMENT_INVALID at run time.
import * as v from 'valibot';
import { parse } from '../lib/core/parse.ts';

const TextSchema = v.pipe(v.string(), v.minLength(1, 'is empty'));
const PortSchema = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, 'is not a port number'),
  v.transform(Number),
  v.maxValue(65_535),
);
const SecondsSchema = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}$/, 'is not a number of seconds'),
  v.transform((s) => Number(s) * 1_000),
);
const UrlSchema = v.pipe(v.string(), v.url('is not a URL'));

const tokenUse = { REFRESH_FUNCTION: TextSchema, ACCESS_TOKENS: TextSchema };
const sending = {
  ...tokenUse,
  MAILBOXES_TABLE: TextSchema,
  MESSAGES_TABLE: TextSchema,
  MAIL_BUCKET: TextSchema,
  SMTP_HOST: TextSchema,
  SMTP_PORT: PortSchema,
  /** `implicit` TLS (465) or `starttls` (587): RFC 8314 section 3.3. */
  SMTP_TLS: v.picklist(['implicit', 'starttls']),
  CLAIM_LEASE_SECONDS: SecondsSchema,
  SETTLE_AFTER_SECONDS: SecondsSchema,
};

export const RefreshTokensEnvironment = v.object({
  GRANTS: TextSchema,
  ACCESS_TOKENS: TextSchema,
  MAILBOXES_TABLE: TextSchema,
  OAUTH_URL: UrlSchema,
  /** Whose metrics and events these are. */
  STACK: TextSchema,
});

/** What both entries of send-mail need. */
const SendingEnvironment = v.object(sending);
export type SendingEnvironment = v.InferOutput<typeof SendingEnvironment>;

export const SendMailEnvironment = v.object({
  ...sending,
  KEEP_CONNECTIONS: v.pipe(
    v.picklist(['on', 'off']),
    v.transform((text) => text === 'on'),
  ),
});

export const DrainOutboxEnvironment = v.object({ ...sending, OUTBOX_DEAD_URL: UrlSchema });

export const ReleaseWaitingEnvironment = v.object({
  ...tokenUse,
  MAILBOXES_TABLE: TextSchema,
  MESSAGES_TABLE: TextSchema,
  MAIL_BUCKET: TextSchema,
  OUTBOX_URL: UrlSchema,
  OUTBOX_DEAD_URL: UrlSchema,
  IMAP_HOST: TextSchema,
  IMAP_PORT: PortSchema,
  RELEASE_LEASE_SECONDS: SecondsSchema,
  SETTLE_AFTER_SECONDS: SecondsSchema,
  /** Whose metrics these are. */
  STACK: TextSchema,
  ON_UNKNOWN: v.picklist(['send-again', 'report']),
});

export const PollRepliesEnvironment = v.object({
  ...tokenUse,
  MAILBOXES_TABLE: TextSchema,
  MESSAGES_TABLE: TextSchema,
  ROUTED_TABLE: TextSchema,
  MAIL_BUCKET: TextSchema,
  REPLIES_URL: UrlSchema,
  REPLIES_DEAD_URL: UrlSchema,
  IMAP_HOST: TextSchema,
  IMAP_PORT: PortSchema,
  POP3_HOST: TextSchema,
  POP3_PORT: PortSchema,
  /** Whose metrics these are. */
  STACK: TextSchema,
});
export type PollRepliesEnvironment = v.InferOutput<typeof PollRepliesEnvironment>;

/** What Lambda itself tells a function. */
export const LambdaEnvironment = v.object({ AWS_LAMBDA_FUNCTION_NAME: TextSchema });

/** Where these functions send. */
export function smtpOf(environment: SendingEnvironment) {
  const { SMTP_HOST: host, SMTP_PORT: port, SMTP_TLS: tls } = environment;
  return { host, port, tls };
}

/** What infra must write for a function: every variable, as text. */
export type Variables<S extends v.GenericSchema> = Record<keyof v.InferInput<S> & string, string>;

/** @throws MailError ENVIRONMENT_INVALID naming the variable */
export function parseEnvironment<S extends v.GenericSchema<unknown, unknown>>(schema: S): v.InferOutput<S> {
  return parse(schema, process.env, 'ENVIRONMENT_INVALID', 'environment of this function');
}
