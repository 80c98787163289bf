// Connects a mailbox: consents as its owner would, and stores the grant and the profile where Mailroom looks for them.

import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, InvalidRequestException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { LocalAws } from './aws/aws.ts';
import { authorise } from './google/authorise.ts';
import type { LocalGoogle } from './google/google.ts';

export interface MailboxToConnect {
  readonly id: string;
  readonly address: string;
  readonly name?: string;
}

/** Any AWS that Mailroom is deployed to. */
type ConnectableAws = Pick<LocalAws, 'region' | 'credentials' | 'endpoints' | 'stackName' | 'outputs'>;

const SCOPES = ['https://mail.google.com/', 'openid', 'email'];

export async function connectMailbox(
  google: LocalGoogle,
  aws: ConnectableAws,
  mailbox: MailboxToConnect,
): Promise<void> {
  const { clientId, clientSecret } = google.client;
  const { refreshToken } = await authorise({
    oauth: google.endpoints.oauth,
    clientId,
    clientSecret,
    address: mailbox.address,
    scopes: SCOPES,
  });
  const grant = {
    type: 'oauth',
    address: mailbox.address,
    clientId,
    clientSecret,
    refreshToken,
    grantedAt: Date.now(),
  };
  await storeGrant(aws, mailbox, grant);
  await storeProfile(aws, mailbox);
}

export function storeGrant(aws: ConnectableAws, { id }: MailboxToConnect, grant: object): Promise<void> {
  return storeSecret(aws, `${aws.stackName}/grants/${id}`, grant);
}

/** With it `mailroom connect` needs no file. */
export function storeOauthClient(aws: ConnectableAws, { client }: LocalGoogle): Promise<void> {
  return storeSecret(aws, aws.outputs.OauthClientSecret ?? '', client);
}

async function storeSecret(aws: ConnectableAws, name: string, content: object): Promise<void> {
  const secrets = new SecretsManagerClient({ ...access(aws), endpoint: aws.endpoints.secretsmanager });
  try {
    await createSecret(secrets, name, JSON.stringify(content));
  } finally {
    secrets.destroy();
  }
}

/** The name of a secret that was deleted at once is free again only after a moment. */
async function createSecret(
  secrets: SecretsManagerClient,
  Name: string,
  SecretString: string,
  triesLeft = 10,
): Promise<void> {
  try {
    await secrets.send(new CreateSecretCommand({ Name, SecretString }));
  } catch (error) {
    if (!(error instanceof InvalidRequestException) || triesLeft === 0) throw error;
    await setTimeout(50);
    await createSecret(secrets, Name, SecretString, triesLeft - 1);
  }
}

export async function storeProfile(aws: ConnectableAws, { id, address, name }: MailboxToConnect): Promise<void> {
  const db = new DynamoDBClient({ ...access(aws), endpoint: aws.endpoints.dynamodb });
  const profile = {
    key: `${id}#profile`,
    registry: 'profile',
    id,
    address,
    plan: 'workspace',
    protocol: 'imap',
    ...(name && { name }),
  };
  const item = Object.entries(profile).map(([key, value]) => [key, { S: value }] as const);
  try {
    await db.send(new PutItemCommand({ TableName: aws.outputs.MailboxesTable ?? '', Item: Object.fromEntries(item) }));
  } finally {
    db.destroy();
  }
}

function access({ region, credentials }: ConnectableAws): Pick<LocalAws, 'region' | 'credentials'> {
  return { region, credentials };
}
