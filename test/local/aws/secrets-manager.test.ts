import {
  CreateSecretCommand,
  DeleteSecretCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, expect, it } from 'vitest';
import type { HttpServer } from '../../../local/aws/http-server.ts';
import { startSecretsManager } from '../../../local/aws/secrets-manager.ts';
import { describeSecretsManager } from './secrets-contract.ts';

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
let server: HttpServer | undefined;

describeSecretsManager('the local AWS', async () => {
  server = await startSecretsManager('us-east-1', '000000000000');
  return { region: 'us-east-1', endpoint: server.url, credentials };
});

afterAll(async () => {
  await server?.close();
});

it('refuses requests that are unsigned or unknown, without ending', async () => {
  const call = (headers: Record<string, string>, body: string) =>
    fetch(server?.url ?? '', { method: 'POST', headers, body });
  expect(await (await call({}, '{}')).json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  const signed = { authorization: 'AWS4-HMAC-SHA256 …'.slice(0, 16), 'x-amz-target': 'secretsmanager.Nothing' };
  expect(await (await call(signed, '{}')).json()).toMatchObject({ __type: 'UnknownOperationException' });
  expect((await call(signed, 'no json')).status).toBe(400);
});

it('keeps the name of what was deleted at once for two tries more, as AWS does for a while', async () => {
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    credentials,
    endpoint: server?.url ?? '',
    maxAttempts: 1,
  });
  const create = () => client.send(new CreateSecretCommand({ Name: 'S/again', SecretString: 'one' }));
  await create();
  await client.send(new DeleteSecretCommand({ SecretId: 'S/again', ForceDeleteWithoutRecovery: true }));
  for (const _try of [1, 2]) {
    await expect(create()).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: "You can't create this secret because a secret with this name is already scheduled for deletion.",
    });
  }
  expect((await create()).Name).toBe('S/again');
  await expect(create()).rejects.toMatchObject({ name: 'ResourceExistsException' });
  client.destroy();
});

it('refuses filters, which it would pass over', async () => {
  const client = new SecretsManagerClient({ region: 'us-east-1', credentials, endpoint: server?.url ?? '' });
  const filtered = new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['S/'] }] });
  await expect(client.send(filtered)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  client.destroy();
});
