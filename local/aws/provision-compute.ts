// Functions, queue mappings and schedules of a template.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Assembly } from './assembly.ts';
import { capture } from './capture.ts';
import type { EnvironmentLifetime } from './lambda-environment.ts';
import { LambdaFunction } from './lambda-function.ts';
import type { Messaging } from './provision-storage.ts';
import { QueueMapping } from './queue-mapping.ts';
import type { Reaper } from './reaper.ts';
import type { Provisioned, ResourceRequest } from './resource.ts';
import type { Roles } from './roles.ts';
import { Schedule } from './schedule.ts';

export interface Compute {
  readonly assembly: Assembly;
  readonly region: string;
  readonly accountId: string;
  /** Where the assets are copied to, each to a folder of its own. */
  readonly taskRoot: string;
  /** What the platform gives every function: endpoints, credentials, certificates. */
  platformEnvironment(accessKeyId: string): Readonly<Record<string, string>>;
  readonly roles: Roles;
  /** What can only be checked when every policy is known. */
  readonly checks: (() => void)[];
  readonly lifetime: EnvironmentLifetime;
  readonly reaper: Reaper;
  onLog(entry: { functionName: string; logicalId: string; line: string }): void;
  readonly functions: Map<string, LambdaFunction>;
  readonly mappings: QueueMapping[];
  readonly schedules: Map<string, Schedule>;
}

const FunctionSchema = v.object({
  FunctionName: v.optional(v.string()),
  Code: v.object({ S3Key: v.string() }),
  Handler: v.string(),
  Role: v.string(),
  Runtime: v.pipe(v.string(), v.startsWith('nodejs', 'the local AWS runs Node.js functions only')),
  Timeout: v.optional(v.number(), 3),
  MemorySize: v.optional(v.number(), 128),
  Environment: v.optional(v.object({ Variables: v.optional(v.record(v.string(), v.unknown()), {}) }), {}),
});

export async function provisionFunction(
  compute: Compute,
  { logicalId, properties, physicalName }: ResourceRequest,
): Promise<Provisioned> {
  const definition = v.parse(FunctionSchema, properties);
  const name = definition.FunctionName ?? physicalName.slice(-64);
  const arn = `arn:aws:lambda:${compute.region}:${compute.accountId}:function:${name}`;
  // A folder of its own, as /var/task is: the package.json above the assembly would change how index.js is read.
  const folder = join(compute.taskRoot, logicalId);
  await cp(compute.assembly.assetFolder(definition.Code.S3Key), folder, { recursive: true });
  const variables = Object.entries(definition.Environment.Variables ?? {}).map(([key, value]) => [key, String(value)]);
  const environment = {
    ...compute.platformEnvironment(compute.roles.issueKey(name, definition.Role)),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.MemorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.Runtime}`,
    ...Object.fromEntries(variables),
  };
  capture('function-environment', JSON.stringify(environment));
  const timeoutMs = definition.Timeout * 1_000;
  const onLine = (line: string): void => compute.onLog({ functionName: name, logicalId, line });
  const created = new LambdaFunction(
    { name, arn, folder, handler: definition.Handler, roleArn: definition.Role, timeoutMs, environment },
    compute.lifetime,
    compute.reaper,
    onLine,
  );
  compute.functions.set(name, created);
  return { physicalId: name, attributes: { Arn: arn }, properties };
}

/** What Lambda itself does on a queue, with the role of the function. */
const POLLING = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

const MappingSchema = v.object({
  EventSourceArn: v.string(),
  FunctionName: v.string(),
  BatchSize: v.optional(v.number(), 10),
  FunctionResponseTypes: v.optional(v.array(v.string()), []),
  Enabled: v.optional(v.boolean(), true),
});

export async function provisionMapping(
  compute: Compute,
  { sqs }: Messaging,
  request: ResourceRequest,
): Promise<Provisioned> {
  const mapping = v.parse(MappingSchema, request.properties);
  const target = findFunction(compute.functions, mapping.FunctionName);
  if (target === undefined)
    throw new Error(`${request.logicalId}: maps to ${mapping.FunctionName}, which is no function of the stack`);
  const { roleArn } = target.definition;
  compute.checks.push(() => compute.roles.demand(roleArn, POLLING, mapping.EventSourceArn));
  const endpoint = await sqs.config.endpoint?.();
  const queueName = mapping.EventSourceArn.split(':').at(-1);
  if (mapping.Enabled && endpoint !== undefined) {
    compute.mappings.push(
      new QueueMapping({
        sqs,
        queueUrl: `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port}/${compute.accountId}/${queueName}`,
        queueArn: mapping.EventSourceArn,
        region: compute.region,
        target,
        batchSize: mapping.BatchSize,
        reportsFailures: mapping.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      }),
    );
  }
  return { physicalId: request.physicalName, attributes: {}, properties: request.properties };
}

const ScheduleSchema = v.object({
  ScheduleExpression: v.string(),
  State: v.optional(v.picklist(['ENABLED', 'DISABLED']), 'ENABLED'),
  Target: v.object({ Arn: v.string(), RoleArn: v.string(), Input: v.optional(v.string(), '{}') }),
});

export async function provisionSchedule(compute: Compute, request: ResourceRequest): Promise<Provisioned> {
  const { ScheduleExpression, State, Target } = v.parse(ScheduleSchema, request.properties);
  const target = findFunction(compute.functions, Target.Arn);
  if (target === undefined)
    throw new Error(`${request.logicalId}: its target ${Target.Arn} is no function of the stack`);
  compute.checks.push(() => compute.roles.demand(Target.RoleArn, ['lambda:InvokeFunction'], target.definition.arn));
  if (State === 'ENABLED')
    compute.schedules.set(request.logicalId, new Schedule(target, ScheduleExpression, Target.Input));
  return {
    physicalId: request.physicalName,
    attributes: { Arn: `arn:aws:scheduler:::${request.physicalName}` },
    properties: request.properties,
  };
}

/** By name or ARN. */
export function findFunction(functions: ReadonlyMap<string, LambdaFunction>, id: string): LambdaFunction | undefined {
  return functions.get(id) ?? [...functions.values()].find(({ definition }) => definition.arn === id);
}
