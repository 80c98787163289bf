// Secrets Manager, for secrets that are made at run time: one a mailbox, under a prefix.
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { MailError } from '../core/errors.ts';

export interface StoredSecret {
  readonly text: string;
  readonly version: string;
}

/** @throws MailError SECRET_MISSING, SECRET_MALFORMED */
export async function readSecret(client: SecretsManagerClient, name: string): Promise<StoredSecret> {
  try {
    const { SecretString, VersionId } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    if (SecretString !== undefined && VersionId !== undefined) return { text: SecretString, version: VersionId };
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new MailError('SECRET_MISSING', `secret ${name} does not exist: connect the mailbox`, {
      details: { secret: name },
      cause: error,
    });
  }
  throw new MailError('SECRET_MALFORMED', `secret ${name}: holds binary data, expected JSON text`, {
    details: { secret: name },
  });
}

export async function writeSecret(client: SecretsManagerClient, name: string, text: string): Promise<void> {
  await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
}

/**
 * Writes a secret that may not exist yet.
 * @returns the version now current
 */
export async function putSecret(client: SecretsManagerClient, name: string, text: string): Promise<string> {
  try {
    const { VersionId = '' } = await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
    return VersionId;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    const { VersionId = '' } = await client.send(new CreateSecretCommand({ Name: name, SecretString: text }));
    return VersionId;
  }
}
