// An AWS on one machine: runs what `cdk synth` made. A change of infra changes the local run, and no handler knows.
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Assembly, parseTemplate, readAssembly, type Template } from './assembly.ts';
import { StackList } from './cloudformation.ts';
import type { EnvironmentLifetime } from './lambda-environment.ts';
import { type LambdaFunction, LIFETIME } from './lambda-function.ts';
import { type Compute, findFunction } from './provision-compute.ts';
import { createMessaging, type Endpoints } from './provision-storage.ts';
import { createProvisioners } from './provisioners.ts';
import { startReaper } from './reaper.ts';
import type { Provisioner } from './resource.ts';
import { Roles } from './roles.ts';
import { describeRunning, type LocalAws, stopAll } from './running-stack.ts';
import { ACCOUNT_ID, CREDENTIALS, platformEnvironment, REGION, startServers, urlsOf } from './servers.ts';
import { Stack } from './stack.ts';

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
  /** When a function's processes are replaced. Default: after 1,000 invocations, or 10 minutes without one. */
  readonly lifetime?: EnvironmentLifetime;
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

export type { LocalAws } from './running-stack.ts';

export async function startAws(options: AwsOptions): Promise<LocalAws> {
  const assembly = await readAssembly(options.assembly, options.stackName);
  const functions = new Map<string, LambdaFunction>();
  const roles = new Roles();
  const stacks = new StackList(REGION, ACCOUNT_ID);
  const servers = await startServers(
    (id) => findFunction(functions, id),
    (accessKeyId) => roles.find(accessKeyId),
    stacks,
  );
  const endpoints = urlsOf(servers);
  const messaging = createMessaging(endpoints, { region: REGION, credentials: { ...CREDENTIALS } });
  const compute = await createCompute(assembly, functions, roles, endpoints, options);
  const parts = { stackName: assembly.stackName, compute, messaging, servers, stacks };
  try {
    const stack = createStack(assembly, options, createProvisioners(compute, messaging));
    const resources = await stack.create();
    const described = await stack.describe();
    stacks.add(described);
    for (const check of compute.checks) check();
    for (const mapping of compute.mappings) mapping.start();
    if (options.schedules === 'run') for (const schedule of compute.schedules.values()) schedule.start();
    return describeRunning(parts, resources, described.outputs);
  } catch (error) {
    await stopAll(parts);
    throw error;
  }
}

async function createCompute(
  assembly: Assembly,
  functions: Map<string, LambdaFunction>,
  roles: Roles,
  endpoints: Endpoints,
  { processEnvironment, lifetime = LIFETIME, onLog }: AwsOptions,
): Promise<Compute> {
  return {
    assembly,
    region: REGION,
    accountId: ACCOUNT_ID,
    taskRoot: await realpath(await mkdtemp(join(tmpdir(), 'mailroom-tasks-'))),
    platformEnvironment: (accessKeyId) => ({ ...platformEnvironment(endpoints, accessKeyId), ...processEnvironment }),
    roles,
    lifetime,
    checks: [],
    reaper: startReaper(),
    onLog: (entry) => onLog?.(entry),
    functions,
    mappings: [],
    schedules: new Map(),
  };
}

function createStack(
  assembly: Assembly,
  options: AwsOptions,
  provisioners: Readonly<Record<string, Provisioner>>,
): Stack {
  const { transformTemplate, parameters = {} } = options;
  const template =
    transformTemplate === undefined
      ? assembly.template
      : parseTemplate(transformTemplate(structuredClone(assembly.template)));
  return new Stack({
    stackName: assembly.stackName,
    region: REGION,
    accountId: ACCOUNT_ID,
    template,
    parameters,
    provisioners,
  });
}
