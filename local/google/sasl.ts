// XOAUTH2 (developers.google.com/workspace/gmail/imap/xoauth2-protocol) and OAUTHBEARER (RFC 7628), from the server's
// side and for SMTP, IMAP and POP3 alike: read the client's response, look the token up, or tell why not.
import type { Account, Directory } from './accounts.ts';
import { mailScope } from './scopes.ts';
import type { Tokens } from './tokens.ts';

export type SaslMechanism = 'XOAUTH2' | 'OAUTHBEARER';

export interface BearerResponse {
  user: string;
  token: string;
}

export interface Door {
  directory: Directory;
  tokens: Tokens;
}

/** The challenge of a refusal, for both mechanisms; Gmail says 400 for an expired token as for a wrong scope. */
export const refusalChallenge = Buffer.from(
  JSON.stringify({ status: '400', schemes: 'Bearer', scope: mailScope }),
).toString('base64');

/** Undefined where it is not base64 at all: that is a syntax error, not a refusal. */
export function decodeBase64(text: string): string | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  return Buffer.from(text, 'base64').toString('utf8');
}

export function readBearer(mechanism: SaslMechanism, response: string): BearerResponse | undefined {
  return mechanism === 'XOAUTH2' ? readXoauth2(response) : readOauthbearer(response);
}

/** The account that the token opens, if it is the one that the client names. */
export function admit(door: Door, response: BearerResponse | undefined): Account | undefined {
  if (!response) return undefined;
  const token = door.tokens.access(response.token);
  if (!token?.scopes.includes(mailScope)) return undefined;
  const account = door.directory.find(response.user);
  return account && account.address === token.grant.address ? account : undefined;
}

function readXoauth2(response: string): BearerResponse | undefined {
  const found = /^user=([^\x01]+)\x01auth=bearer ([^\x01\s]+)\x01\x01$/i.exec(response);
  return found ? { user: found[1] ?? '', token: found[2] ?? '' } : undefined;
}

/** RFC 7628 3.1: gs2 header with the authzid, then key=value pairs between ^A. */
function readOauthbearer(response: string): BearerResponse | undefined {
  const found = /^n,(?:a=([^,\x01]*))?,\x01((?:[^\x01]+\x01)*)\x01$/.exec(response);
  const pairs = found?.[2]?.split('\x01') ?? [];
  const bearer = pairs.map((pair) => /^auth=bearer (\S+)$/i.exec(pair)?.[1]).find((token) => token !== undefined);
  const user = found?.[1]?.replaceAll('=2C', ',').replaceAll('=3D', '=');
  return bearer && user ? { user, token: bearer } : undefined;
}
