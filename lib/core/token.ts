// Access tokens and what obtains them: how both are stored, and when a token is worth replacing.
import * as v from 'valibot';
import { EmailAddressSchema } from './address.ts';
import { parseJson } from './parse.ts';
import { Secret } from './secret.ts';
import { type Clock, type EpochMs, toEpochMs } from './time.ts';

/** The one that opens IMAP, POP3 and SMTP: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol */
export const MAIL_SCOPE = 'https://mail.google.com/';

const SecretSchema = v.pipe(
  v.string(),
  v.minLength(1, 'is empty'),
  v.transform((text) => new Secret(text)),
);

const EpochMsSchema = v.pipe(
  v.number(),
  v.safeInteger('must be whole milliseconds since 1970'),
  v.transform(toEpochMs),
);

/** The secret `STACK/grants/ID`. Other types of grant (service account, federation) get a `type` of their own. */
const GrantSchema = v.object({
  type: v.literal('oauth', 'expected "oauth", the one type of grant that this version knows'),
  address: EmailAddressSchema,
  clientId: v.pipe(v.string(), v.minLength(1, 'is empty')),
  clientSecret: SecretSchema,
  refreshToken: SecretSchema,
  /** When the owner of the mailbox consented. */
  grantedAt: v.optional(EpochMsSchema),
  /** When it ends whatever is done, where Google said so with it: after seven days in Testing mode. */
  refreshTokenExpiresAt: v.optional(EpochMsSchema),
});
export type Grant = v.InferOutput<typeof GrantSchema>;

/** The secret `STACK/access-tokens/ID`. */
const AccessTokenSchema = v.object({
  accessToken: SecretSchema,
  expiresAt: EpochMsSchema,
  address: EmailAddressSchema,
});

/** A bearer token of about an hour, and the version of the secret that held it: a refused token is named by its version. */
export interface AccessToken extends v.InferOutput<typeof AccessTokenSchema> {
  readonly version: string;
}

/** @throws MailError SECRET_MALFORMED naming the secret and the field */
export function parseGrant(text: string, secretName: string): Grant {
  return parseJson(GrantSchema, text, 'SECRET_MALFORMED', `secret ${secretName}`);
}

/** @throws MailError SECRET_MALFORMED naming the secret and the field */
export function parseAccessToken(text: string, version: string, secretName: string): AccessToken {
  return { ...parseJson(AccessTokenSchema, text, 'SECRET_MALFORMED', `secret ${secretName}`), version };
}

/** The text of the secret; the only place where a token is written out. */
export function formatAccessToken(token: Omit<AccessToken, 'version'>): string {
  const { accessToken, expiresAt, address } = token;
  return JSON.stringify({ accessToken: accessToken.reveal(), expiresAt, address });
}

/** The text of a grant, for its secret. */
export function formatGrant(grant: Grant): string {
  const { clientSecret, refreshToken, ...rest } = grant;
  return JSON.stringify({ ...rest, clientSecret: clientSecret.reveal(), refreshToken: refreshToken.reveal() });
}

/** Whether a token will still be good when a session that opens now has authenticated: a minute is left for that. */
export function isUsable(token: { expiresAt: EpochMs }, now: Clock): boolean {
  return token.expiresAt - now() > 60_000;
}
