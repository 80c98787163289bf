// The XOAUTH2 SASL mechanism of Gmail.
// https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
import type { EmailAddress } from './address.ts';
import { Secret } from './secret.ts';

/** The initial client response: base64 of `user=ADDRESS^Aauth=Bearer TOKEN^A^A` where ^A is 0x01. At POP3 Gmail knows modes before the address. */
export function initialResponse(user: EmailAddress | `recent:${EmailAddress}`, accessToken: Secret): Secret {
  return new Secret(Buffer.from(`user=${user}\x01auth=Bearer ${accessToken.reveal()}\x01\x01`).toString('base64'));
}
