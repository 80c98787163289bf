// The servers of the local AWS, and what tells a function's process where they are.
import type { HttpServer } from './http-server.ts';
import { startLambdaApi } from './lambda-api.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Endpoints } from './provision-storage.ts';
import { startQueuesAndObjects } from './queues-and-objects.ts';
import { startSecretsManager } from './secrets-manager.ts';
import { startTables } from './tables.ts';

export const REGION = 'us-east-1';
/** The one account of fauxqs and dynalite. */
export const ACCOUNT_ID = '000000000000';
export const CREDENTIALS = { accessKeyId: 'AKIALOCALMAILROOM', secretAccessKey: 'local' };

export type Servers = Readonly<Record<'lambda' | 'queuesAndObjects' | 'tables' | 'secrets', HttpServer>>;

/** @param find the function that an invocation names */
export async function startServers(find: (id: string) => LambdaFunction | undefined): Promise<Servers> {
  const [lambda, queuesAndObjects, tables, secrets] = await Promise.all([
    startLambdaApi(find),
    startQueuesAndObjects(),
    startTables(),
    startSecretsManager(REGION, ACCOUNT_ID),
  ]);
  return { lambda, queuesAndObjects, tables, secrets };
}

export function urlsOf({ lambda, queuesAndObjects, tables, secrets }: Servers): Endpoints {
  return {
    lambda: lambda.url,
    sqs: queuesAndObjects.url,
    s3: queuesAndObjects.url,
    dynamodb: tables.url,
    secretsmanager: secrets.url,
  };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
export function platformEnvironment(endpoints: Endpoints): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
  };
}
