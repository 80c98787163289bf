// Writing a secret whose name is still taken by one that was deleted: it is tried again for some seconds, then said.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGrants } from '../../lib/aws/grants.ts';
import { deleteSecret, putSecret } from '../../lib/aws/secrets.ts';
import { EmailAddressSchema } from '../../lib/core/address.ts';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { parse } from '../../lib/core/parse.ts';
import { Secret } from '../../lib/core/secret.ts';
import { toEpochMs } from '../../lib/core/time.ts';
import { type HttpServer, readBody, startHttpServer } from '../../local/aws/http-server.ts';
import { startSecretsManager } from '../../local/aws/secrets-manager.ts';

/** As AWS says it for a while after a deletion without recovery. */
const DELETING = {
  __type: 'InvalidRequestException',
  message: "You can't create this secret because a secret with this name is already scheduled for deletion.",
};

describe('a secret', () => {
  let manager: HttpServer;
  let front: HttpServer;
  let client: SecretsManagerClient;
  let calls: string[] = [];
  /** Answers a call in place of Secrets Manager, where it does. */
  let answer: (operation: string) => object | undefined;

  beforeAll(async () => {
    manager = await startSecretsManager('us-east-1', '000000000000');
    front = await startHttpServer(async (request, response) => {
      const operation = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
      calls.push(operation);
      const body = await readBody(request);
      const given = answer(operation);
      const headers = { 'content-type': 'application/x-amz-json-1.1' };
      if (given !== undefined) return void response.writeHead(400, headers).end(JSON.stringify(given));
      const target = { 'x-amz-target': `secretsmanager.${operation}`, authorization: 'AWS4-HMAC-SHA256' };
      const passed = await fetch(manager.url, { method: 'POST', headers: target, body });
      response.writeHead(passed.status, headers).end(await passed.text());
    });
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
    client = new SecretsManagerClient({ region: 'us-east-1', endpoint: front.url, credentials });
  });

  beforeEach(() => {
    calls = [];
    answer = () => undefined;
  });

  afterAll(async () => {
    client?.destroy();
    await front?.close();
    await manager?.close();
  });

  const read = async (SecretId: string) => (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;

  it('is created, and put when it is there', async () => {
    const first = await putSecret(client, 'S/new', 'one');
    expect(await putSecret(client, 'S/new', 'two')).not.toBe(first);
    expect(await read('S/new')).toBe('two');
    expect(calls).toEqual(['PutSecretValue', 'CreateSecret', 'PutSecretValue', 'GetSecretValue']);
  });

  it('is restored where it was scheduled for deletion', async () => {
    await client.send(new CreateSecretCommand({ Name: 'S/scheduled', SecretString: 'one' }));
    await client.send(new DeleteSecretCommand({ SecretId: 'S/scheduled', RecoveryWindowInDays: 7 }));
    await putSecret(client, 'S/scheduled', 'two');
    expect(await read('S/scheduled')).toBe('two');
  });

  it('is created as soon as the deletion of the one before has ended', async () => {
    let left = 2;
    answer = (operation) => {
      if (operation !== 'CreateSecret' || left === 0) return undefined;
      left -= 1;
      return DELETING;
    };
    await putSecret(client, 'S/lingering', 'one');
    expect(await read('S/lingering')).toBe('one');
    expect(calls.filter((operation) => operation === 'CreateSecret')).toHaveLength(3);
  });

  it('is put where someone else creates it at the same moment', async () => {
    let isFirst = true;
    answer = (operation) => {
      if (operation !== 'CreateSecret' || !isFirst) return undefined;
      isFirst = false;
      return { __type: 'ResourceExistsException', message: 'The operation failed because the secret already exists.' };
    };
    await putSecret(client, 'S/raced', 'one');
    expect(await read('S/raced')).toBe('one');
  });

  it('is given up after some seconds, with what to do; of a token it is no grant that is missing', async () => {
    answer = (operation) => (operation === 'CreateSecret' ? DELETING : undefined);
    const now = () => toEpochMs(Date.now());
    const grants = createGrants({
      secrets: client,
      db: DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' })),
      table: 'unused',
      grantsPrefix: 'S/grants',
      accessTokensPrefix: 'S/access-tokens',
      now,
      createLeaseToken: () => '',
    });
    const mailbox = parse(MailboxIdSchema, 'support', 'EVENT_INVALID', 'test');
    const address = parse(EmailAddressSchema, 'support@shop.example', 'EVENT_INVALID', 'test');
    await Promise.all([
      expect(putSecret(client, 'S/stuck', 'hush')).rejects.toMatchObject({
        code: 'SECRET_MISSING',
        message: expect.stringMatching(/^secret S\/stuck is still being deleted: .*in a minute/),
      }),
      expect(
        grants.writeToken(mailbox, { accessToken: new Secret('hush'), expiresAt: now(), address }),
      ).rejects.toMatchObject({
        code: 'TOKEN_UNAVAILABLE',
        message: expect.stringMatching(/^mailbox support: .*secret S\/access-tokens\/support is still being deleted/),
      }),
    ]);
    expect(calls.filter((operation) => operation === 'CreateSecret')).toHaveLength(12);
  });

  it('whose writing is refused for another reason is not tried again', async () => {
    answer = () => ({
      __type: 'InvalidRequestException',
      message: "You can't do this: it is managed by another service.",
    });
    await expect(putSecret(client, 'S/managed', 'x')).rejects.toMatchObject({ name: 'InvalidRequestException' });
    expect(calls).toEqual(['PutSecretValue']);
  });

  it('is deleted for good, and need not be there', async () => {
    await putSecret(client, 'S/deleted', 'one');
    await deleteSecret(client, 'S/deleted');
    await deleteSecret(client, 'S/deleted');
    await expect(read('S/deleted')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
