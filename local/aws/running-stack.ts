// A stack that runs: its resources and servers, and what can be done with them until it is stopped.
import { rm } from 'node:fs/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { StackList } from './cloudformation.ts';
import type { PutEvent } from './events.ts';
import type { CallListener } from './gate.ts';
import type { FunctionDefinition, InvokeResult } from './lambda-environment.ts';
import type { LambdaFunction } from './lambda-function.ts';
import { type Compute, findFunction } from './provision-compute.ts';
import { destroyMessaging, type Endpoints, type Messaging } from './provision-storage.ts';
import type { PeekedMessage } from './queues-and-objects.ts';
import { type Credentials, OPERATOR } from './roles.ts';
import { ACCOUNT_ID, CREDENTIALS, REGION, type Servers, urlsOf } from './servers.ts';
import type { StackResource } from './stack.ts';

export interface LocalAws {
  readonly region: string;
  readonly accountId: string;
  /** Of the account itself, which may do everything. */
  readonly credentials: Credentials;
  /** Of somebody who has the template's managed policies and nothing else. */
  readonly operator: Credentials;
  readonly endpoints: Endpoints;
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** By logical id. */
  readonly resources: Readonly<Record<string, StackResource>>;
  /** Somebody who may do what the statements allow; without any, nothing. @param statements as a policy document has them */
  createIdentity(name: string, statements?: readonly object[]): Credentials;
  /** Puts another stack into the list that CloudFormation gives; nothing of it runs. */
  addStack(stack: { readonly name: string; readonly outputs: Readonly<Record<string, string>> }): void;
  /** As an invocation by the account itself. @param functionName its name or ARN */
  invoke(functionName: string, payload: object): Promise<InvokeResult>;
  /** Runs the schedule of a function now, and resolves when that run has ended. @param functionName its name or ARN */
  runSchedule(functionName: string): Promise<InvokeResult>;
  /** Resolves when no function runs and no mapped queue holds a message. */
  idle(): Promise<void>;
  /** What its processes are started with, for whoever starts one otherwise. @param functionName its name or ARN */
  functionDefinition(functionName: string): FunctionDefinition;
  /** Kills the function's processes as they run. */
  killFunction(functionName: string): void;
  /** Ends the function's processes that are frozen, as Lambda does from time to time. */
  recycle(functionName: string): Promise<void>;
  /** Ends the connections that functions and others keep open without a request on them. */
  closeIdleConnections(): void;
  processIds(): readonly number[];
  /** What was put on the account's event bus, in order. */
  events(): readonly PutEvent[];
  /** What lies on a queue, without receiving it; in work too. @param queueUrl of a queue of the stack */
  peek(queueUrl: string): Promise<readonly PeekedMessage[]>;
  /** Tells of every call that was let through and done, before its caller learns of it. @returns ends it */
  onCall(listener: CallListener): () => void;
  /** Resolves when no queue can be drained any more. */
  pauseMappings(): Promise<void>;
  resumeMappings(): void;
  stop(): Promise<void>;
}

export interface RunningParts {
  readonly stackName: string;
  readonly compute: Compute;
  readonly messaging: Messaging;
  readonly servers: Servers;
  readonly stacks: StackList;
}

type Resources = LocalAws['resources'];

export function describeRunning(parts: RunningParts, resources: Resources, outputs: LocalAws['outputs']): LocalAws {
  const { functions, mappings } = parts.compute;
  return {
    region: REGION,
    accountId: ACCOUNT_ID,
    credentials: { ...CREDENTIALS },
    operator: { ...OPERATOR },
    endpoints: urlsOf(parts.servers),
    stackName: parts.stackName,
    outputs,
    resources,
    createIdentity: (name, statements = []) => parts.compute.roles.createUser(name, statements),
    addStack: (stack) => parts.stacks.add(stack),
    invoke: async (functionName, payload) => functionNamed(functions, functionName).invoke(JSON.stringify(payload)),
    runSchedule: async (functionName) => findSchedule(parts.compute, functionName).run(),
    idle: () => untilIdle(parts, resources),
    functionDefinition: (functionName) => functionNamed(functions, functionName).definition,
    killFunction: (functionName) => findFunction(functions, functionName)?.kill(),
    recycle: async (functionName) => findFunction(functions, functionName)?.recycle(),
    closeIdleConnections() {
      for (const gate of Object.values(parts.servers.gates)) gate.closeIdle();
    },
    processIds: () => [...functions.values()].flatMap(({ processIds }) => processIds),
    events: () => parts.servers.eventBus.events(),
    peek: (queueUrl) => parts.servers.queues.peek(queueUrl.split('/').at(-1) ?? ''),
    onCall(listener) {
      const { callListeners } = parts.servers;
      callListeners.add(listener);
      return () => callListeners.delete(listener);
    },
    async pauseMappings() {
      await Promise.all(mappings.map((mapping) => mapping.pause()));
    },
    resumeMappings() {
      for (const mapping of mappings) mapping.resume();
    },
    stop: () => stopAll(parts),
  };
}

function functionNamed(functions: Compute['functions'], name: string): LambdaFunction {
  const found = findFunction(functions, name);
  if (found === undefined) throw new Error(`there is no function ${name}`);
  return found;
}

function findSchedule({ functions, schedules }: Compute, functionName: string) {
  const target = findFunction(functions, functionName);
  const schedule = [...schedules.values()].find((candidate) => candidate.target === target);
  if (schedule === undefined) throw new Error(`${functionName} has no schedule that is enabled`);
  return schedule;
}

async function untilIdle({ compute, messaging }: RunningParts, resources: Resources): Promise<void> {
  const queues = Object.values(resources).filter(({ type }) => type === 'AWS::SQS::Queue');
  const mapped = queues.filter(({ attributes }) =>
    compute.mappings.some(({ queueArn }) => queueArn === attributes.Arn),
  );
  while (await isBusy(compute, messaging, mapped)) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function isBusy(
  { functions, mappings }: Compute,
  { sqs }: Messaging,
  queues: readonly StackResource[],
): Promise<boolean> {
  if ([...functions.values()].some(({ running }) => running > 0) || mappings.some(({ working }) => working > 0))
    return true;
  const counts = queues.map(async ({ physicalId }) => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: physicalId, AttributeNames: ['All'] }),
    );
    // A message in flight counts too: it may be on its way from the queue to the mapping.
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  });
  return (await Promise.all(counts)).some((count) => count > 0);
}

export async function stopAll({ compute, messaging, servers }: RunningParts): Promise<void> {
  for (const schedule of compute.schedules.values()) schedule.stop();
  await Promise.all(compute.mappings.map((mapping) => mapping.stop()));
  await Promise.all([...compute.functions.values()].map((fn) => fn.stop()));
  compute.reaper.stop();
  destroyMessaging(messaging);
  await Promise.all(Object.values(servers.gates).map((gate) => gate.close()));
  await Promise.all(servers.emulators.map((emulator) => emulator.close()));
  await rm(compute.taskRoot, { recursive: true, force: true });
}
