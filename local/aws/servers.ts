// The servers of the local AWS, and what tells a function's process where they are.
import type { Service } from './api-call.ts';
import { type StackList, startCloudFormation } from './cloudformation.ts';
import { type EventBus, startEventBus } from './events.ts';
import { type CallListener, type FindPrincipal, startGate } from './gate.ts';
import type { HttpServer } from './http-server.ts';
import { startLambdaApi } from './lambda-api.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Endpoints } from './provision-storage.ts';
import { type QueuesAndObjects, startQueuesAndObjects } from './queues-and-objects.ts';
import { startSecretsManager } from './secrets-manager.ts';
import { startTables } from './tables.ts';

export const REGION = 'us-east-1';
/** The one account of fauxqs and dynalite. */
export const ACCOUNT_ID = '000000000000';
const PLACE = { region: REGION, accountId: ACCOUNT_ID };
/** The account itself: it may do everything. Functions have credentials of their own. */
export const CREDENTIALS = { accessKeyId: 'AKIALOCALMAILROOM', secretAccessKey: 'local' };

/** The emulators, and before each service the gate through which everybody calls it. */
export interface Servers {
  readonly emulators: readonly HttpServer[];
  readonly gates: Readonly<Record<Service, HttpServer>>;
  readonly eventBus: EventBus;
  readonly queues: QueuesAndObjects;
  /** Told of every call that a gate let through. */
  readonly callListeners: Set<CallListener>;
}

/**
 * @param findFunction the function that an invocation names
 * @param findPrincipal who signs with an access key id
 * @param stacks what CloudFormation tells of
 */
export async function startServers(
  findFunction: (id: string) => LambdaFunction | undefined,
  findPrincipal: FindPrincipal,
  stacks: StackList,
): Promise<Servers> {
  const [lambda, queuesAndObjects, tables, secrets, cloudformation, eventBus] = await Promise.all([
    startLambdaApi(findFunction),
    startQueuesAndObjects(),
    startTables(),
    startSecretsManager(REGION, ACCOUNT_ID),
    startCloudFormation(stacks),
    startEventBus(),
  ]);
  const callListeners = new Set<CallListener>();
  const house = { place: PLACE, find: findPrincipal, listeners: callListeners };
  const gate = (service: Service, { url }: HttpServer) => startGate(service, url, house);
  const gates = {
    lambda: await gate('lambda', lambda),
    sqs: await gate('sqs', queuesAndObjects),
    s3: await gate('s3', queuesAndObjects),
    dynamodb: await gate('dynamodb', tables),
    secretsmanager: await gate('secretsmanager', secrets),
    cloudformation: await gate('cloudformation', cloudformation),
    events: await gate('events', eventBus),
  };
  const emulators = [lambda, queuesAndObjects, tables, secrets, cloudformation, eventBus];
  return { emulators, gates, eventBus, queues: queuesAndObjects, callListeners };
}

export function urlsOf({ gates }: Servers): Endpoints {
  const { lambda, sqs, s3, dynamodb, secretsmanager, cloudformation, events } = gates;
  return {
    lambda: lambda.url,
    sqs: sqs.url,
    s3: s3.url,
    dynamodb: dynamodb.url,
    secretsmanager: secretsmanager.url,
    cloudformation: cloudformation.url,
    events: events.url,
  };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
export function platformEnvironment(endpoints: Endpoints, accessKeyId: string): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
    AWS_ENDPOINT_URL_CLOUDFORMATION: endpoints.cloudformation,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.events,
  };
}
