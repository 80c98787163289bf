// Work that needs an access token: where the server refuses it, once more with another.
import { MailError } from '../lib/core/errors.ts';
import type { MailboxId } from '../lib/core/mailbox.ts';
import type { TokenSource } from '../lib/core/ports.ts';
import type { AccessToken } from '../lib/core/token.ts';

export async function withToken<T>(
  tokens: TokenSource,
  mailbox: MailboxId,
  work: (token: AccessToken) => Promise<T>,
): Promise<T> {
  const token = await tokens.current(mailbox);
  try {
    return await work(token);
  } catch (error) {
    if (!(error instanceof MailError) || error.code !== 'AUTHENTICATION_REFUSED') throw error;
    return work(await tokens.replace(mailbox, token));
  }
}
