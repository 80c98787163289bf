// The one OAuth client of the project's console: it can be deleted there, and given another secret.
import { randomBytes } from 'node:crypto';

export interface OAuthClient {
  clientId: string;
  clientSecret: string;
}

/** What both the authorisation page and the token endpoint say (github.com/prasmussen/gdrive/issues/646). */
export const deletedClient = { status: 401, error: 'deleted_client', description: 'The OAuth client was deleted.' };

export class RegisteredClient {
  readonly id = '1072944905499-mailroom.apps.googleusercontent.com';
  readonly #secrets = ['GOCSPX-local-desktop'];
  isDeleted = false;

  /** As the console's JSON has them now. */
  get credentials(): OAuthClient {
    return { clientId: this.id, clientSecret: this.#secrets.at(-1) ?? '' };
  }

  /** All there ever were, the newest last. */
  get secrets(): readonly string[] {
    return this.#secrets;
  }

  renewSecret(): string {
    const secret = `GOCSPX-${randomBytes(21).toString('base64url')}`;
    this.#secrets.push(secret);
    return secret;
  }
}
