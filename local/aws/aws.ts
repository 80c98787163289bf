// An AWS on one machine: runs what `cdk synth` made. A change of infra changes the local run, and no handler knows.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { parseTemplate, readAssembly, type Template } from './assembly.ts';
import type { HttpServer } from './http-server.ts';
import { startLambdaApi } from './lambda-api.ts';
import type { InvokeResult } from './lambda-environment.ts';
import type { LambdaFunction } from './lambda-function.ts';
import { type Compute, findFunction } from './provision-compute.ts';
import { createMessaging, destroyMessaging, type Endpoints, type Messaging } from './provision-storage.ts';
import { createProvisioners } from './provisioners.ts';
import { startQueuesAndObjects } from './queues-and-objects.ts';
import { startReaper } from './reaper.ts';
import { startSecretsManager } from './secrets-manager.ts';
import { Stack, type StackResource } from './stack.ts';
import { startTables } from './tables.ts';

export interface AwsOptions {
  /** The folder that `cdk synth` wrote. */
  readonly assembly: string;
  readonly stackName?: string;
  /** As `cdk deploy --parameters` gives them. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What Lambda's platform would provide to every function, such as NODE_EXTRA_CA_CERTS. */
  readonly processEnvironment?: Readonly<Record<string, string>>;
  /** Whether schedules run by the clock, or only when told to. */
  readonly schedules?: 'run' | 'paused';
  /** For tests: what they change in the template before it is run. */
  readonly transformTemplate?: (template: Template) => unknown;
  readonly onLog?: (entry: LogEntry) => void;
}

/** A line that a function wrote. */
export interface LogEntry {
  readonly functionName: string;
  readonly logicalId: string;
  readonly line: string;
}

export interface LocalAws {
  readonly region: string;
  readonly accountId: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoints: Endpoints;
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** By logical id. */
  readonly resources: Readonly<Record<string, StackResource>>;
  /** Runs the schedule of a function now, and resolves when that run has ended. @param functionName its name or ARN */
  runSchedule(functionName: string): Promise<InvokeResult>;
  /** Resolves when no function runs and no mapped queue holds a message. */
  idle(): Promise<void>;
  /** Kills the function's processes as they run. */
  killFunction(functionName: string): void;
  processIds(): readonly number[];
  /** Resolves when no queue can be drained any more. */
  pauseMappings(): Promise<void>;
  resumeMappings(): void;
  stop(): Promise<void>;
}

const REGION = 'us-east-1';
/** The one account of fauxqs and dynalite. */
const ACCOUNT_ID = '000000000000';
const CREDENTIALS = { accessKeyId: 'AKIALOCALMAILROOM', secretAccessKey: 'local' };

export async function startAws(options: AwsOptions): Promise<LocalAws> {
  const assembly = await readAssembly(options.assembly, options.stackName);
  const template =
    options.transformTemplate === undefined
      ? assembly.template
      : parseTemplate(options.transformTemplate(structuredClone(assembly.template)));
  const functions = new Map<string, LambdaFunction>();
  const servers = await startServers(functions);
  const endpoints = urlsOf(servers);
  const messaging = createMessaging(endpoints, { region: REGION, credentials: CREDENTIALS });
  const compute: Compute = {
    assembly,
    region: REGION,
    accountId: ACCOUNT_ID,
    taskRoot: await realpath(await mkdtemp(join(tmpdir(), 'mailroom-tasks-'))),
    platformEnvironment: () => ({ ...platformEnvironment(endpoints), ...options.processEnvironment }),
    reaper: startReaper(),
    onLog: (entry) => options.onLog?.(entry),
    functions,
    mappings: [],
    schedules: new Map(),
  };
  const stack = new Stack({
    stackName: assembly.stackName,
    region: REGION,
    accountId: ACCOUNT_ID,
    template,
    parameters: options.parameters ?? {},
    provisioners: createProvisioners(compute, messaging),
  });
  try {
    const resources = await stack.create();
    const outputs = await stack.outputs();
    for (const mapping of compute.mappings) mapping.start();
    if (options.schedules === 'run') for (const schedule of compute.schedules.values()) schedule.start();
    return describe(assembly.stackName, endpoints, resources, outputs, compute, messaging, servers);
  } catch (error) {
    await stopAll(compute, messaging, servers);
    throw error;
  }
}

type Servers = Readonly<Record<'lambda' | 'queuesAndObjects' | 'tables' | 'secrets', HttpServer>>;

async function startServers(functions: ReadonlyMap<string, LambdaFunction>): Promise<Servers> {
  const [lambda, queuesAndObjects, tables, secrets] = await Promise.all([
    startLambdaApi((id) => findFunction(functions, id)),
    startQueuesAndObjects(),
    startTables(),
    startSecretsManager(REGION, ACCOUNT_ID),
  ]);
  return { lambda, queuesAndObjects, tables, secrets };
}

function urlsOf({ lambda, queuesAndObjects, tables, secrets }: Servers): Endpoints {
  return {
    lambda: lambda.url,
    sqs: queuesAndObjects.url,
    s3: queuesAndObjects.url,
    dynamodb: tables.url,
    secretsmanager: secrets.url,
  };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function platformEnvironment(endpoints: Endpoints): Record<string, string> {
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

function describe(
  stackName: string,
  endpoints: Endpoints,
  resources: Readonly<Record<string, StackResource>>,
  outputs: Readonly<Record<string, string>>,
  compute: Compute,
  messaging: Messaging,
  servers: Servers,
): LocalAws {
  const { functions, mappings, schedules } = compute;
  return {
    region: REGION,
    accountId: ACCOUNT_ID,
    credentials: CREDENTIALS,
    endpoints,
    stackName,
    outputs,
    resources,
    async runSchedule(functionName) {
      const target = findFunction(functions, functionName);
      const schedule = [...schedules.values()].find((candidate) => candidate.target === target);
      if (schedule === undefined) throw new Error(`${functionName} has no schedule that is enabled`);
      return schedule.run();
    },
    async idle() {
      const queues = Object.values(resources).filter(({ type }) => type === 'AWS::SQS::Queue');
      const mapped = queues.filter(({ attributes }) => mappings.some((mapping) => mapping.queueArn === attributes.Arn));
      while (await isBusy(compute, messaging, mapped)) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    killFunction: (functionName) => findFunction(functions, functionName)?.kill(),
    processIds: () => [...functions.values()].flatMap(({ processIds }) => processIds),
    async pauseMappings() {
      await Promise.all(mappings.map((mapping) => mapping.pause()));
    },
    resumeMappings() {
      for (const mapping of mappings) mapping.resume();
    },
    stop: () => stopAll(compute, messaging, servers),
  };
}

async function isBusy(
  { functions, mappings }: Compute,
  { sqs }: Messaging,
  queues: readonly StackResource[],
): Promise<boolean> {
  if ([...functions.values()].some(({ running }) => running > 0) || mappings.some(({ working }) => working > 0))
    return true;
  const AttributeNames: ['ApproximateNumberOfMessages'] = ['ApproximateNumberOfMessages'];
  const counts = queues.map(async ({ physicalId }) => {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: physicalId, AttributeNames }));
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  });
  return (await Promise.all(counts)).some((count) => count > 0);
}

async function stopAll(compute: Compute, messaging: Messaging, servers: Servers): Promise<void> {
  for (const schedule of compute.schedules.values()) schedule.stop();
  await Promise.all(compute.mappings.map((mapping) => mapping.stop()));
  await Promise.all([...compute.functions.values()].map((fn) => fn.stop()));
  compute.reaper.stop();
  destroyMessaging(messaging);
  await Promise.all(Object.values(servers).map((server) => server.close()));
  await rm(compute.taskRoot, { recursive: true, force: true });
}
