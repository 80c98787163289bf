// Secrets Manager, for secrets that are made at run time: one a mailbox, under a prefix.
import { setTimeout } from 'node:timers/promises';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
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
    const isDeleted = isDeletion(error);
    if (!isDeleted && !(error instanceof ResourceNotFoundException)) throw error;
    const state = isDeleted ? 'is deleted, or about to be' : 'does not exist';
    throw new MailError('SECRET_MISSING', `secret ${name} ${state}: connect the mailbox`, {
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

/** Altogether about eight seconds: Secrets Manager deletes at once, but not in no time. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000];

/**
 * Writes a secret that may not exist yet, or that someone has scheduled for deletion: it is restored.
 * @returns the version now current
 * @throws MailError SECRET_MISSING where its name is still taken by one that is being deleted
 */
export async function putSecret(client: SecretsManagerClient, name: string, text: string): Promise<string> {
  for (const pause of PAUSES_MS) {
    const version = await tryToPut(client, name, text);
    if (version !== undefined) return version;
    await setTimeout(pause);
  }
  const version = await tryToPut(client, name, text);
  if (version !== undefined) return version;
  throw new MailError('SECRET_MISSING', `secret ${name} is still being deleted: connect the mailbox in a minute`, {
    details: { secret: name },
  });
}

/** Deletes a secret for good; one that is not there is no error. */
export async function deleteSecret(client: SecretsManagerClient, name: string): Promise<void> {
  try {
    await client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

/** Undefined where the secret is on its way from or to deletion, so that it is worth trying again. */
async function tryToPut(client: SecretsManagerClient, name: string, text: string): Promise<string | undefined> {
  try {
    const { VersionId = '' } = await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
    return VersionId;
  } catch (error) {
    if (isDeletion(error)) return restore(client, name);
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  try {
    const { VersionId = '' } = await client.send(new CreateSecretCommand({ Name: name, SecretString: text }));
    return VersionId;
  } catch (error) {
    // Someone else has created it meanwhile.
    if (isDeletion(error) || error instanceof ResourceExistsException) return undefined;
    throw error;
  }
}

async function restore(client: SecretsManagerClient, name: string): Promise<undefined> {
  try {
    await client.send(new RestoreSecretCommand({ SecretId: name }));
  } catch (error) {
    // It has gone meanwhile.
    if (!isDeletion(error) && !(error instanceof ResourceNotFoundException)) throw error;
  }
}

/** "… because it was marked for deletion", "… is already scheduled for deletion": no other error says so. */
function isDeletion(error: unknown): boolean {
  return error instanceof InvalidRequestException && /deletion/i.test(error.message);
}
