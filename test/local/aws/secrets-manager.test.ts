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
