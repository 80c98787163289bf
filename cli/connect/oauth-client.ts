// The OAuth client that mailboxes are connected with: a file of the Google Cloud console the first time, afterwards the copy
// that the stack keeps in a secret.
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { readSecret } from '../../lib/aws/secrets.ts';
import { MailError } from '../../lib/core/errors.ts';
import { Secret } from '../../lib/core/secret.ts';
import type { OauthClient } from '../../lib/google/authorisation.ts';
import type { Deployment } from '../deployment.ts';
import { Problem } from '../problem.ts';

const TextSchema = v.pipe(v.string(), v.minLength(1));
const SecretSchema = v.pipe(
  TextSchema,
  v.transform((text) => new Secret(text)),
);

/** As the console's "Download JSON" writes it. A web client cannot come back to a free port of this machine. */
const FileSchema = v.object({ installed: v.object({ client_id: TextSchema, client_secret: SecretSchema }) });
const StoredSchema = v.object({ clientId: TextSchema, clientSecret: SecretSchema });

/** @throws Problem CLIENT_MALFORMED */
export async function readClientFile(path: string): Promise<OauthClient> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Problem('CLIENT_MALFORMED', `${path} cannot be read`, CURE, { cause });
  });
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), FileSchema), text);
  if (!parsed.success) {
    const what = /"web"\s*:/.test(text)
      ? 'holds a client of the type "Web application"'
      : 'is no OAuth client of Google';
    throw new Problem('CLIENT_MALFORMED', `${path} ${what}`, CURE);
  }
  const { client_id: clientId, client_secret: clientSecret } = parsed.output.installed;
  return { clientId, clientSecret };
}

/** @throws Problem CLIENT_MISSING, CLIENT_MALFORMED */
export async function readStoredClient({ secrets, outputs }: Deployment): Promise<OauthClient> {
  const name = outputs.OauthClientSecret;
  try {
    const { text } = await readSecret(secrets, name);
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), StoredSchema), text);
    if (parsed.success) return parsed.output;
  } catch (error) {
    if (!(error instanceof MailError && error.code === 'SECRET_MISSING')) throw error;
    throw new Problem('CLIENT_MISSING', 'this stack has no OAuth client yet', CURE);
  }
  throw new Problem('CLIENT_MALFORMED', `secret ${name} is not as it was written`, CURE);
}

export function formatClient({ clientId, clientSecret }: OauthClient): string {
  return JSON.stringify({ clientId, clientSecret: clientSecret.reveal() });
}

const CURE =
  'make an OAuth client of the type "Desktop app" in the Google Cloud console, download its JSON, and give --client FILE (docs/google-setup.md)';
